import { connectBodyMap } from "/static/body_map.js";

const map = document.querySelector("[data-body-map]");
if (map) connectBodyMap(map);
