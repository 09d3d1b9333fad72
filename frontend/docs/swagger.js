// Swagger UI has a dark look of its own, under this class of the page.
document.documentElement.classList.toggle("dark-mode", consoleDocs.dark);

consoleDocs.start(function (spec) {
  SwaggerUIBundle({
    spec: spec,
    domNode: consoleDocs.place,
    deepLinking: true,
    // Swagger's own would be asked whether the document is valid.
    validatorUrl: null,
    // The session's cookie goes with "Execute"; nothing has to be typed in.
    requestInterceptor: function (request) {
      request.credentials = "same-origin";
      return request;
    },
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    syntaxHighlight: { activated: false },
  });
});
