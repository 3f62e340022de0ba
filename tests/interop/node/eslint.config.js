// The linter of all JavaScript here: npm run lint --prefix tests/interop/node
import js from "@eslint/js";

const names = (text) => Object.fromEntries(text.trim().split(/\s+/).map((name) => [name, "readonly"]));

// What a page takes from the browser, each name on purpose: of all that lie in `window`, `name`, `event` or `status` would
// hide a mistake.
const BROWSER = names(`
  AbortController Blob EventSource ResizeObserver TextEncoder URL URLSearchParams WebSocket
  addEventListener atob btoa cancelAnimationFrame clearInterval clearTimeout crypto devicePixelRatio document fetch getComputedStyle location matchMedia performance
  requestAnimationFrame sessionStorage setInterval setTimeout window
`);
const NODE = names("Buffer URL clearInterval clearTimeout console fetch process setInterval setTimeout");

export default [
  { ignores: ["livesock/net/socketio/script/*.js"] }, // as it is published
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { eqeqeq: "error", "no-var": "error", "prefer-const": "error", "no-shadow": ["error", { builtinGlobals: false }] },
  },
  { files: ["livesock/**/*.js"], languageOptions: { globals: BROWSER } },
  { files: ["tests/**/*.js"], languageOptions: { globals: NODE } },
  { files: ["livesock/conformance/**/*.cjs"], languageOptions: { globals: NODE, sourceType: "commonjs" } },
  // These are put before a page's module, in one text with it: what they say with /* exported */, it takes with /* global */.
  { files: ["livesock/display/shared.js", "livesock/display/parts/*.js"], languageOptions: { sourceType: "script" } },
];
