import js from "@eslint/js";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/routeTree.gen.ts", "src/api/schema.d.ts"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "react-hooks": reactHooks },
    rules: {
      ...reactHooks.configs.recommended.rules,
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true, allowNullish: true }],
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_", argsIgnorePattern: "^_" }],
      // A redirect or a not-found is thrown by design of the router.
      "@typescript-eslint/only-throw-error": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      // Characters are counted as the server counts them: by code point.
      "@typescript-eslint/no-misused-spread": ["error", { allow: ["string"] }],
    },
  },
  {
    files: ["**/*.tsx"],
    ...jsxA11y.flatConfigs.strict,
    rules: {
      ...jsxA11y.flatConfigs.strict.rules,
      // The one field that somebody came for takes the focus on the sign-in pages.
      "jsx-a11y/no-autofocus": "off",
      // A part that scrolls has to take the focus, or the keyboard cannot scroll it.
      "jsx-a11y/no-noninteractive-tabindex": ["error", { tags: [], roles: ["tabpanel", "region", "log"] }],
    },
  },
  {
    files: ["src/log/**"],
    // Escapes and control characters are the subject of the terminal parser.
    rules: { "no-control-regex": "off" },
  },
  {
    files: ["scripts/**", "*.config.js"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
  },
  {
    files: ["public/**"],
    languageOptions: { globals: { localStorage: "readonly", matchMedia: "readonly", location: "readonly", addEventListener: "readonly", HTMLScriptElement: "readonly", document: "readonly" } },
  },
  {
    // Plain scripts of the pages that show the API.
    files: ["docs/*.js"],
    languageOptions: {
      globals: { document: "readonly", location: "readonly", window: "readonly", fetch: "readonly", consoleDocs: "readonly", SwaggerUIBundle: "readonly", Redoc: "readonly", Scalar: "readonly" },
    },
  },
);
