consoleDocs.start(function (spec) {
  Scalar.createApiReference(consoleDocs.place, {
    content: spec,
    withDefaultFonts: false,
    telemetry: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    showDeveloperTools: "never",
    hideClientButton: true,
    hideDarkModeToggle: true,
    forceDarkModeState: consoleDocs.dark ? "dark" : "light",
    // Its own would send requests through a server of its makers.
    proxyUrl: "",
  });
});
