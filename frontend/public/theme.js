// Runs before the first paint, as a file of its own because the content security policy allows no inline script.
// The key and the attribute are Mantine's: it takes over from here without a flash.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem("mantine-color-scheme-value");
  } catch {
    // Storage may be blocked; the system's choice is used then.
  }
  if (choice !== "light" && choice !== "dark") {
    choice = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  var page = document.documentElement;
  page.setAttribute("data-mantine-color-scheme", choice);
  // For boot.css: a page without navigation, and an app whose script did not come.
  page.toggleAttribute("data-door", /^\/(login|setup)\b/.test(location.pathname));
  addEventListener(
    "error",
    function (event) {
      if (event.target instanceof HTMLScriptElement && event.target.type === "module") page.setAttribute("data-lost", "");
    },
    true,
  );
})();
