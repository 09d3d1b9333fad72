consoleDocs.start(function (spec) {
  var view = document.createElement("rapi-doc");
  var settings = {
    theme: consoleDocs.dark ? "dark" : "light",
    "load-fonts": "false",
    "regular-font": "Geist Variable, system-ui, sans-serif",
    "mono-font": "Geist Mono Variable, monospace",
    "show-header": "false",
    "allow-authentication": "false",
    "allow-server-selection": "false",
    "allow-spec-url-load": "false",
    "allow-spec-file-load": "false",
    "render-style": "read",
    "fetch-credentials": "same-origin",
    "schema-description-expanded": "true",
  };
  for (var name in settings) view.setAttribute(name, settings[name]);
  consoleDocs.place.append(view);
  view.loadSpec(spec);
});
