// ReDoc is made for white paper: its colours, one by one, for the dark.
var DARK = {
  colors: {
    primary: { main: "#93adff", light: "#b3c6ff", dark: "#93adff" },
    success: { main: "#5ecb93", contrastText: "#0e0f11" },
    warning: { main: "#e2b75d", contrastText: "#0e0f11" },
    error: { main: "#ff8a80", contrastText: "#0e0f11" },
    gray: { 50: "#1b1d21", 100: "#232529" },
    text: { primary: "#e8e9eb", secondary: "#a3a7ae" },
    border: { light: "#232529", dark: "#34373d" },
    responses: {
      success: { color: "#5ecb93", backgroundColor: "#12291d", tabTextColor: "#5ecb93" },
      error: { color: "#ff8a80", backgroundColor: "#331715", tabTextColor: "#ff8a80" },
      redirect: { color: "#e2b75d", backgroundColor: "#2d2410", tabTextColor: "#e2b75d" },
      info: { color: "#93adff", backgroundColor: "#1a2342", tabTextColor: "#93adff" },
    },
  },
  schema: { nestedBackground: "#141519", linesColor: "#34373d", typeNameColor: "#a3a7ae", typeTitleColor: "#e8e9eb" },
  sidebar: { backgroundColor: "#141519", textColor: "#e8e9eb" },
  rightPanel: { backgroundColor: "#0b0c0e" },
  codeBlock: { backgroundColor: "#141519" },
  typography: { code: { color: "#e196e6", backgroundColor: "#1b1d21" } },
};
// Its code is too faint on white (WCAG 1.4.3).
var LIGHT = { typography: { code: { color: "#8a1f8f", backgroundColor: "#f2f2ef" } } };

consoleDocs.start(function (spec) {
  var options = { nonce: consoleDocs.nonce, disableSearch: false, hideDownloadButton: true, scrollYOffset: ".console-bar" };
  options.theme = consoleDocs.dark ? DARK : LIGHT;
  Redoc.init(spec, options, consoleDocs.place);
});
