// Where a server of this notebook is for the reader's browser: directly, or through Jupyter.
/* exported addressOf, wayTo */
/* global h -- from shared.js */

/** Where Jupyter's pages begin: "/", "/user/ann/"; null outside Jupyter. */
function jupyterBase() {
  const config = document.getElementById("jupyter-config-data");
  if (config) return JSON.parse(config.textContent).baseUrl ?? "/";
  return document.body.dataset.baseUrl ?? null;
}

/** The address of `path` on the server, directly or through Jupyter with the page's own host; `scheme` is "ws" or "http". */
function addressOf(options, way, path, scheme = "ws") {
  if (way === "direct") return `${scheme}${options.secure ? "s" : ""}://127.0.0.1:${options.port}${path}`;
  const prefix = options.secure ? "proxy/https:127.0.0.1:" : "proxy/";
  const url = new URL(`${jupyterBase() ?? "/"}${prefix}${options.port}${path}`, location.href);
  url.protocol = `${scheme}${url.protocol === "https:" ? "s" : ""}:`;
  return url.href;
}

/** A choice between the two ways, standing at the one that works here. Returns [select, its labelled box]. */
function wayTo(options) {
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname) && location.protocol === "http:";
  const chosen = options.direct && isLocal ? "direct" : "proxy";
  const ways = [["direct", "direct"], ["proxy", "through Jupyter"]];
  const select = h("select", {}, ...ways.map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
  return [select, h("label", { class: "ls-row" }, "way", select)];
}
