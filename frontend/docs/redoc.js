consoleDocs.start(function (spec) {
  Redoc.init(spec, { nonce: consoleDocs.nonce, disableSearch: false, hideDownloadButton: true, scrollYOffset: ".console-bar" }, consoleDocs.place);
});
