// What the four pages share: the description is read once, with the session, and handed over whole, so that no viewer
// fetches anything itself.
(function () {
  var place = document.getElementById("api");
  window.consoleDocs = {
    nonce: document.querySelector('meta[name="csp-nonce"]').content,
    dark: document.documentElement.getAttribute("data-mantine-color-scheme") === "dark",
    place: place,
    start: function (draw) {
      fetch("/api/openapi.json", { credentials: "same-origin" })
        .then(function (answer) {
          if (answer.status === 401) location.replace("/login?to=" + encodeURIComponent(location.pathname));
          if (!answer.ok) throw new Error("The console answered with status " + answer.status + ".");
          return answer.json();
        })
        .then(function (spec) {
          place.textContent = "";
          draw(spec);
        })
        .catch(function (error) {
          var note = document.createElement("p");
          note.className = "console-note";
          note.setAttribute("role", "alert");
          note.textContent = "The API's description cannot be shown: " + error.message;
          place.replaceChildren(note);
        });
    },
  };
})();
