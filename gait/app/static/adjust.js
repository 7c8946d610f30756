// The page Adjust: joints and events put right by hand. Coordinates are those of files: whole numbers are the middles of pixels.
import { api, fill, pageTexts } from "/static/api.js";

const texts = pageTexts();
const $ = (id) => document.getElementById(id);
const root = $("adjust");
const session = root.dataset.session;
const readOnly = root.dataset.readOnly === "yes";
const base = `/api/v1/sessions/${session}`;
const SVG = "http://www.w3.org/2000/svg";
const BONES = [["shoulder", "hip"], ["hip", "knee"], ["knee", "ankle"], ["ankle", "heel"], ["heel", "toe"], ["ankle", "toe"]];
const REACH = 44; // CSS pixels from a joint within which a finger takes it
const TRAIL_SHOWN = 6;
const IDLE = 700; // ms after the last arrow key until it is measured

let state = null;
let picture = null;
let chosen = null; // "left ankle"
let drag = null;
let keyTimer = 0;
let fresh = new Set();
let event = null; // the event on the filmstrip
let eventPicture = null;
let people = []; // everybody in the picture, once somebody has asked
let queue = Promise.resolve();
let waiting = 0;

const nameOf = (joint) => `${joint.side} ${joint.joint}`;
const seconds = (value) => value.toFixed(3);
const framePath = (video, number, box) => `${base}/frames/${video}/${number}${box ? `?box=${box.map(Math.round).join(",")}` : ""}`;

function say(text, fault = false) {
  $("status").textContent = text;
  $("status").classList.toggle("fault", fault);
}

function element(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function tag(name, text = "", className = "") {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

// --- the picture ---

function pictureName(one) {
  const metrics = one.metrics.map((m) => valueOf(m)?.name ?? m.key).join(", ");
  if (!one.metrics.length) return fill(texts.pictureAt, { time: seconds(one.time_s) });
  const moment = one.moment_text[0].toUpperCase() + one.moment_text.slice(1);
  return one.side === "both" ? fill(texts.pictureBoth, { moment, metrics }) : fill(texts.pictureName, { moment, side: texts[one.side], metrics });
}

const valueOf = (metric) => state.values.find((v) => v.key === metric.key && v.side === metric.side);
const samePicture = (a, b) => a && b && a.video === b.video && Math.abs(a.time_s - b.time_s) < 1e-3;

function viewBoxOf(one) {
  const film = state.films[one.video];
  const xs = one.joints.flatMap((j) => [j.x, j.measured_x]);
  const ys = one.joints.flatMap((j) => [j.y, j.measured_y]);
  if (!xs.length) return [0, 0, film.width, film.height];
  const tall = Math.max(...ys) - Math.min(...ys);
  const top = Math.min(...ys) - 0.24 * tall; // the head has no joint here
  const bottom = Math.max(...ys) + 0.1 * tall;
  const middle = (Math.min(...xs) + Math.max(...xs)) / 2;
  const wide = Math.max(Math.max(...xs) - Math.min(...xs) + 0.24 * tall, 0.72 * (bottom - top));
  return [middle - wide / 2, top, wide, bottom - top];
}

function drawPicture() {
  const svg = $("stage");
  const film = state.films[picture.video];
  const box = drag?.box ?? (people.length > 1 ? [0, 0, film.width, film.height] : viewBoxOf(picture));
  svg.setAttribute("viewBox", box.join(" "));
  svg.style.aspectRatio = `${box[2]} / ${box[3]}`;
  const focused = document.activeElement?.dataset?.joint;
  const parts = [];
  if (picture.number !== null) {
    const href = framePath(picture.video, picture.number);
    const kept = svg.querySelector("image");
    parts.push(kept && kept.getAttribute("href") === href ? kept : element("image", { href, width: film.width, height: film.height }));
  }
  parts.push(...skeleton(true), ...boxes(film));
  svg.replaceChildren(...parts);
  if (focused) svg.querySelector(`[data-joint="${focused}"]`)?.focus({ preventScroll: true });
  const lens = $("lens");
  if (!lens.hidden) drawLens();
}

/** A numbered frame around each person, where there are several. */
function boxes(film) {
  const size = film.height / 22;
  return (people.length > 1 ? people : []).flatMap((person, n) => [
    element("rect", { class: "box", x: person.x, y: person.y, width: person.width, height: person.height }),
    element("text", { class: "box-name", x: person.x + 0.2 * size, y: person.y + size, "font-size": size }, String(n + 1)),
  ]);
}

/** Bones and points of the present picture. */
function skeleton(active) {
  const at = new Map(picture.joints.map((joint) => [nameOf(joint), joint]));
  const parts = [];
  const bone = (a, b, side) => {
    if (a && b) parts.push(element("path", { class: `bone ${side}`, d: `M${a.x + 0.5} ${a.y + 0.5}L${b.x + 0.5} ${b.y + 0.5}` }));
  };
  for (const joint of ["shoulder", "hip"]) bone(at.get(`left ${joint}`), at.get(`right ${joint}`), "middle");
  for (const side of ["left", "right"]) for (const [a, b] of BONES) bone(at.get(`${side} ${a}`), at.get(`${side} ${b}`), side);
  const unit = pixelsPerCss();
  for (const joint of picture.joints) {
    const moved = Math.hypot(joint.x - joint.measured_x, joint.y - joint.measured_y) > 0.05;
    if (moved) parts.push(element("circle", { class: "was", cx: joint.measured_x + 0.5, cy: joint.measured_y + 0.5, r: 6 * unit }));
  }
  if (!active) return parts;
  for (const joint of picture.joints) {
    const name = nameOf(joint);
    const text = fill(joint.scope ? texts.jointMoved : texts.jointName, { side: texts[joint.side], joint: texts[joint.joint] });
    const group = element(
      "g",
      { class: `point ${joint.side}${joint.scope ? " moved" : ""}${name === chosen ? " chosen" : ""}`, tabindex: readOnly ? -1 : 0, role: "button", "aria-label": text, "data-joint": name },
      element("circle", { class: "ring", cx: joint.x + 0.5, cy: joint.y + 0.5, r: 13 * unit }),
      element("circle", { class: "dot", cx: joint.x + 0.5, cy: joint.y + 0.5, r: 5.5 * unit }),
    );
    parts.push(group);
  }
  return parts;
}

function pixelsPerCss() {
  const svg = $("stage");
  const matrix = svg.getScreenCTM();
  return matrix ? 1 / matrix.a : 1;
}

function pointAt(pointer) {
  const point = new DOMPoint(pointer.clientX, pointer.clientY).matrixTransform($("stage").getScreenCTM().inverse());
  return { x: point.x - 0.5, y: point.y - 0.5 };
}

function drawLens() {
  const lens = $("lens");
  const joint = jointNamed(chosen);
  if (!joint) return;
  const radius = (74 * pixelsPerCss()) / 3.2;
  const film = state.films[picture.video];
  const [x, y] = [joint.x + 0.5, joint.y + 0.5];
  lens.setAttribute("viewBox", `${x - radius} ${y - radius} ${2 * radius} ${2 * radius}`);
  const parts = [];
  if (picture.number !== null) parts.push(element("image", { href: framePath(picture.video, picture.number), width: film.width, height: film.height }));
  const gap = radius * 0.12;
  parts.push(
    element("path", { class: "cross", d: `M${x - radius} ${y}H${x - gap}M${x + gap} ${y}H${x + radius}M${x} ${y - radius}V${y - gap}M${x} ${y + gap}V${y + radius}` }),
    element("circle", { class: "was", cx: joint.measured_x + 0.5, cy: joint.measured_y + 0.5, r: gap }),
  );
  lens.replaceChildren(...parts);
  const box = $("stage").viewBox.baseVal;
  const onLeft = x < box.x + box.width / 2;
  lens.classList.toggle("at-right", onLeft);
  lens.classList.toggle("at-left", !onLeft);
}

function showLens(shown) {
  $("lens").toggleAttribute("hidden", !shown);
  if (shown) drawLens();
}

const jointNamed = (name) => picture?.joints.find((joint) => nameOf(joint) === name) ?? null;

function choose(name) {
  chosen = name;
  $("joints").value = name ?? "";
  const joint = jointNamed(name);
  if (joint?.scope) document.querySelector(`[name="scope"][value="${joint.scope}"]`).checked = true;
  $("put-back").disabled = readOnly || !joint?.scope;
  for (const group of $("stage").querySelectorAll(".point")) group.classList.toggle("chosen", group.dataset.joint === name);
}

function showPicture(one) {
  finishKeys();
  picture = structuredClone(one);
  if (!jointNamed(chosen)) chosen = picture.joints.find((j) => j.side === picture.side && j.joint === "ankle") ? `${picture.side} ankle` : picture.joints[0] && nameOf(picture.joints[0]);
  $("joints").replaceChildren(
    ...picture.joints.map((joint) => {
      const option = tag("option", fill(joint.scope ? texts.jointMoved : texts.jointName, { side: texts[joint.side], joint: texts[joint.joint] }));
      option.value = nameOf(joint);
      return option;
    }),
  );
  people = [];
  $("people").replaceChildren();
  $("people-text").textContent = "";
  showLens(false);
  drawPicture();
  choose(chosen);
  listEvents();
  listValues();
}

const scope = () => document.querySelector('[name="scope"]:checked').value;

function moveTo(joint, x, y) {
  const film = state.films[picture.video];
  joint.x = Math.min(Math.max(x, -0.5), film.width - 0.5);
  joint.y = Math.min(Math.max(y, -0.5), film.height - 0.5);
  drawPicture();
}

function sendJoint(joint) {
  change({ kind: "joint", video: picture.video, time_s: picture.time_s, side: joint.side, joint: joint.joint, x: round(joint.x), y: round(joint.y), scope: scope() });
}

const round = (value) => Math.round(value * 100) / 100;

$("stage").addEventListener("pointerdown", (pointer) => {
  if (readOnly || !picture || drag || pointer.button > 0) return;
  finishKeys();
  const at = pointAt(pointer);
  const near = picture.joints.map((joint) => [Math.hypot(joint.x - at.x, joint.y - at.y), joint]).sort((a, b) => a[0] - b[0])[0];
  if (!near || near[0] > REACH * pixelsPerCss()) return;
  pointer.preventDefault();
  const joint = near[1];
  const box = $("stage").viewBox.baseVal;
  // The joint keeps its distance to the finger, so that touching does not move it.
  drag = { joint, id: pointer.pointerId, dx: joint.x - at.x, dy: joint.y - at.y, x: joint.x, y: joint.y, box: [box.x, box.y, box.width, box.height], moved: false };
  $("stage").setPointerCapture(pointer.pointerId);
  choose(nameOf(joint));
  showLens(true);
});
$("stage").addEventListener("pointermove", (pointer) => {
  if (!drag || pointer.pointerId !== drag.id) return;
  const at = pointAt(pointer);
  if (!drag.moved && Math.hypot(at.x + drag.dx - drag.x, at.y + drag.dy - drag.y) < 2 * pixelsPerCss()) return;
  drag.moved = true;
  moveTo(drag.joint, at.x + drag.dx, at.y + drag.dy);
});
function endDrag(pointer, kept) {
  if (!drag || pointer.pointerId !== drag.id) return;
  const { joint, moved, x, y } = drag;
  drag = null;
  showLens(false);
  if (!moved) return;
  if (kept) sendJoint(joint);
  else moveTo(joint, x, y);
}
$("stage").addEventListener("pointerup", (pointer) => endDrag(pointer, true));
$("stage").addEventListener("pointercancel", (pointer) => endDrag(pointer, false));

$("stage").addEventListener("focusin", (focus) => {
  const name = focus.target.dataset?.joint;
  if (name) choose(name);
});
$("stage").addEventListener("keydown", (key) => {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key.key];
  if (readOnly || !picture) return;
  if (step && jointNamed(chosen)) {
    key.preventDefault();
    nudge(step[0] * (key.shiftKey ? 10 : 1), step[1] * (key.shiftKey ? 10 : 1));
  } else if (key.key === "Enter") finishKeys();
});
$("stage").addEventListener("focusout", (focus) => {
  if (!$("stage").contains(focus.relatedTarget) && focus.relatedTarget) finishKeys();
});

function nudge(dx, dy) {
  const joint = jointNamed(chosen);
  if (!joint || readOnly) return;
  moveTo(joint, joint.x + dx, joint.y + dy);
  showLens(true);
  clearTimeout(keyTimer);
  keyTimer = setTimeout(finishKeys, IDLE);
}

function finishKeys() {
  if (!keyTimer) return;
  clearTimeout(keyTimer);
  keyTimer = 0;
  showLens(false);
  const joint = jointNamed(chosen);
  if (joint) sendJoint(joint);
}

for (const button of document.querySelectorAll("[data-move]")) {
  button.disabled = readOnly;
  button.addEventListener("click", () => nudge(...button.dataset.move.split(" ").map(Number)));
}
$("joints").addEventListener("change", () => { finishKeys(); choose($("joints").value); });
$("put-back").addEventListener("click", () => {
  finishKeys();
  const joint = jointNamed(chosen);
  if (joint) change({ kind: "joint_back", video: picture.video, time_s: picture.time_s, side: joint.side, joint: joint.joint });
});
for (const input of document.querySelectorAll('[name="scope"]')) {
  input.disabled = readOnly;
  input.addEventListener("change", () => { const joint = jointNamed(chosen); if (joint?.scope && joint.scope !== scope()) sendJoint(joint); });
}
$("pictures").addEventListener("change", () => showPicture(state.pictures[Number($("pictures").value)]));
for (const [id, by] of [["earlier", -1], ["later", 1]]) {
  $(id).addEventListener("click", () => {
    const count = state.pictures.length;
    $("pictures").value = String((Number($("pictures").value) + by + count) % count);
    showPicture(state.pictures[Number($("pictures").value)]);
  });
}

// --- changes ---

function change(what) {
  waiting += 1;
  say(texts.measuring);
  root.setAttribute("aria-busy", "true");
  const begun = performance.now();
  queue = queue.then(async () => {
    const before = state;
    try {
      const answer = await api("POST", `${base}/adjust`, { version: state.version, change: what });
      take(answer);
      tellChange(before);
      root.dataset.measuredMs = String(Math.round(performance.now() - begun));
    } catch (error) {
      if (error.status === 409) {
        await load().catch(() => {});
        say(error.code === "conflict" && state.version !== before.version ? texts.conflict : error.message, true);
      } else {
        take(before);
        say(error.message, true);
      }
    } finally {
      waiting -= 1;
      if (!waiting) root.removeAttribute("aria-busy");
    }
  });
}

function tellChange(before) {
  const old = new Map(before.values.map((value) => [`${value.key} ${value.side}`, value]));
  const changed = state.values.filter((value) => old.get(`${value.key} ${value.side}`)?.number !== value.number);
  fresh = new Set(changed.map((value) => `${value.key} ${value.side}`));
  listValues();
  if (!changed.length) { say(state.joints_moved + state.events_moved ? texts.unchanged : texts.measured); return; }
  const here = picture.metrics.map((m) => `${m.key} ${m.side}`);
  changed.sort((a, b) => here.includes(`${b.key} ${b.side}`) - here.includes(`${a.key} ${a.side}`));
  const shown = (value) => value?.now ?? texts.notMeasured;
  const first = changed.find((value) => shown(old.get(`${value.key} ${value.side}`)) !== shown(value)) ?? changed[0];
  let text = fill(texts.changed, { name: [first.name, texts[first.side]].filter(Boolean).join(", "), before: shown(old.get(`${first.key} ${first.side}`)), after: shown(first) });
  if (changed.length > 1) text = fill(texts.moreChanged, { text, count: changed.length - 1 });
  say(text);
}

function take(answer) {
  state = answer;
  $("undo").disabled = readOnly || !state.can_undo;
  $("redo").disabled = readOnly || !state.can_redo;
  $("reset").disabled = readOnly || !(state.joints_moved + state.events_moved);
  const at = picture ? state.pictures.findIndex((one) => samePicture(one, picture)) : 0;
  $("pictures").replaceChildren(
    ...state.pictures.map((one, number) => {
      const option = tag("option", pictureName(one));
      option.value = String(number);
      return option;
    }),
  );
  const number = Math.max(at, 0);
  $("pictures").value = String(number);
  if (state.pictures.length) showPicture(state.pictures[number]);
  if (event) refreshEvent();
  listTrail();
}

$("undo").addEventListener("click", () => { finishKeys(); change({ kind: "undo" }); });
$("redo").addEventListener("click", () => { finishKeys(); change({ kind: "redo" }); });
$("reset").addEventListener("click", () => { finishKeys(); if (window.confirm(texts.sure)) change({ kind: "reset" }); });
document.addEventListener("keydown", (key) => {
  if (!(key.ctrlKey || key.metaKey) || key.key.toLowerCase() !== "z" || readOnly) return;
  key.preventDefault();
  finishKeys();
  const kind = key.shiftKey ? "redo" : "undo";
  if (!$(kind).disabled) change({ kind });
});

// --- numbers and trail ---

function listValues() {
  const here = new Set((picture?.metrics ?? []).map((m) => `${m.key} ${m.side}`));
  const all = $("all").checked;
  const rows = state.values
    .map((value) => ({ value, id: `${value.key} ${value.side}`, moved: value.number !== value.measured_number }))
    .map((row) => ({ ...row, here: here.has(row.id), fresh: fresh.has(row.id) }))
    .filter((row) => all || row.here || row.moved || row.fresh)
    .sort((a, b) => b.here - a.here);
  $("values").replaceChildren(
    ...rows.map(({ value, moved, here: own, fresh: isFresh }) => {
      const row = tag("tr", "", [own && "here", moved && "moved", isFresh && "fresh"].filter(Boolean).join(" "));
      const head = tag("th", [value.name, texts[value.side]].filter(Boolean).join(", "));
      head.scope = "row";
      const now = tag("td", value.now ?? texts.notMeasured);
      if (value.interval) now.append(tag("small", value.interval));
      if (value.note) now.append(tag("small", value.note));
      row.append(head, tag("td", value.measured ?? texts.notMeasured), now);
      return row;
    }),
  );
}
$("all").addEventListener("change", listValues);

function trailText(line) {
  const { action, detail } = line;
  const key = action === "joint_moved" && detail.scope === "film" ? "joint_moved_film" : action;
  if (!texts[key]) return action;
  const number = (value) => (typeof value === "number" ? seconds(value) : "");
  return fill(texts[key], {
    side: texts[detail.side] ?? "", joint: texts[detail.joint] ?? "", event: texts[detail.event] ?? "",
    length: typeof detail.from_x === "number" ? Math.round(Math.hypot(detail.x - detail.from_x, detail.y - detail.from_y)) : "?",
    time: number(detail.time_s), from: number(detail.from_s), to: number(detail.to_s),
  });
}

function listTrail() {
  const lines = [...state.trail].reverse();
  $("no-trail").hidden = lines.length > 0;
  const when = (line) => new Date(line.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  const items = lines.map((line) => tag("li", fill(texts.trail, { when: when(line), what: trailText(line) })));
  $("trail").replaceChildren(...items.slice(0, TRAIL_SHOWN));
  $("older-trail").replaceChildren(...items.slice(TRAIL_SHOWN));
  $("older").hidden = items.length <= TRAIL_SHOWN;
}

// --- events on a filmstrip ---

const sameEvent = (a, b) => a && b && a.side === b.side && a.kind === b.kind && Math.abs(a.measured_s - b.measured_s) < 1e-3;

function eventName(one) {
  const moved = Math.abs(one.time_s - one.measured_s) > 1e-4;
  return fill(moved ? texts.eventMoved : texts.event, { side: texts[one.side], event: texts[one.kind], time: seconds(one.time_s) });
}

function listEvents() {
  $("events").replaceChildren(
    ...picture.events.map((one) => {
      const button = tag("button", eventName(one));
      button.type = "button";
      button.setAttribute("aria-pressed", String(Boolean(sameEvent(one, event))));
      button.addEventListener("click", () => openEvent(one));
      return button;
    }),
  );
}

async function openEvent(one) {
  event = { ...one, video: picture.video };
  listEvents();
  try {
    eventPicture = await api("GET", `${base}/adjust/picture?video=${picture.video}&time_s=${one.measured_s}`);
  } catch (error) { say(error.message, true); return; }
  if (!eventPicture.around.length) { say(texts.noFilm, true); return; }
  const range = $("moment");
  range.min = "0";
  range.max = String(eventPicture.around.length - 1);
  range.disabled = readOnly;
  for (const id of ["frame-back", "frame-on"]) $(id).disabled = readOnly;
  const box = footBox();
  $("foot").setAttribute("viewBox", box.map(Math.round).join(" "));
  $("strip").replaceChildren(
    ...eventPicture.around.map(([number]) => {
      const image = new Image();
      image.alt = "";
      image.src = framePath(event.video, number, box);
      return image;
    }),
  );
  $("film").hidden = false;
  refreshEvent();
}

function footBox() {
  const foot = eventPicture.joints.filter((j) => j.side === event.side && ["ankle", "heel", "toe"].includes(j.joint));
  const knee = eventPicture.joints.find((j) => j.side === event.side && j.joint === "knee");
  if (!foot.length) return [0, 0, 400, 300];
  const x = foot.reduce((sum, j) => sum + j.x, 0) / foot.length;
  const y = foot.reduce((sum, j) => sum + j.y, 0) / foot.length;
  const reach = Math.max(knee ? Math.hypot(knee.x - x, knee.y - y) : 0, 60);
  return [x - 0.9 * reach, y - 0.75 * reach, 1.8 * reach, 1.2 * reach].map(Math.round);
}

const frameOf = (time) => eventPicture.around.reduce((best, [, at], n) => (Math.abs(at - time) < Math.abs(eventPicture.around[best][1] - time) ? n : best), 0);

function refreshEvent() {
  const now = state.pictures.concat(picture).flatMap((one) => (one.video === event.video ? one.events : [])).find((one) => sameEvent(one, event));
  if (now) event = { ...now, video: event.video };
  if (!eventPicture) return;
  showMoment(frameOf(event.time_s));
  $("event-back").disabled = readOnly || Math.abs(event.time_s - event.measured_s) < 1e-4;
}

function showMoment(n) {
  const [number, time] = eventPicture.around[n];
  const range = $("moment");
  range.value = String(n);
  const text = fill(texts.moment, { frame: number, time: seconds(time), measured: seconds(event.measured_s) });
  range.setAttribute("aria-valuetext", text);
  $("moment-text").textContent = text;
  const measured = frameOf(event.measured_s);
  [...$("strip").children].forEach((image, at) => {
    image.classList.toggle("now", at === n);
    image.classList.toggle("measured", at === measured);
  });
  const box = $("foot").viewBox.baseVal;
  $("foot").setAttribute("aria-label", fill(texts.footAt, { side: texts[event.side], frame: number }));
  $("foot").replaceChildren(element("image", { href: $("strip").children[n].getAttribute("src"), x: box.x, y: box.y, width: box.width, height: box.height }));
}

let momentTimer = 0;
function keepMoment(n) {
  clearTimeout(momentTimer);
  momentTimer = 0;
  const [, time] = eventPicture.around[n];
  if (Math.abs(time - event.time_s) < 1e-4 || n === frameOf(event.time_s)) return;
  const gap = eventPicture.around.length > 1 ? eventPicture.around[1][1] - eventPicture.around[0][1] : 1 / 60;
  change({ kind: "event", video: event.video, side: event.side, event: event.kind, from_s: event.measured_s, to_s: time, sd_s: gap / 2 });
}
const keepLater = (n) => { clearTimeout(momentTimer); momentTimer = setTimeout(() => keepMoment(n), IDLE); };
$("moment").addEventListener("input", () => { showMoment(Number($("moment").value)); keepLater(Number($("moment").value)); });
for (const [id, by] of [["frame-back", -1], ["frame-on", 1]]) {
  $(id).addEventListener("click", () => {
    const n = Math.min(Math.max(Number($("moment").value) + by, 0), eventPicture.around.length - 1);
    showMoment(n);
    keepLater(n);
  });
}
$("event-back").addEventListener("click", () => change({ kind: "event_back", video: event.video, side: event.side, event: event.kind, from_s: event.measured_s }));
let sliding = null;
const stripFrame = (pointer) => {
  const box = $("strip").getBoundingClientRect();
  const n = Math.floor(((pointer.clientX - box.left) / box.width) * eventPicture.around.length);
  return Math.min(Math.max(n, 0), eventPicture.around.length - 1);
};
$("strip").addEventListener("pointerdown", (pointer) => {
  if (readOnly || !eventPicture || pointer.button > 0) return;
  sliding = pointer.pointerId;
  $("strip").setPointerCapture(sliding);
  showMoment(stripFrame(pointer));
});
$("strip").addEventListener("pointermove", (pointer) => { if (pointer.pointerId === sliding) showMoment(stripFrame(pointer)); });
$("strip").addEventListener("pointerup", (pointer) => { if (pointer.pointerId === sliding) { sliding = null; keepMoment(stripFrame(pointer)); } });
$("strip").addEventListener("pointercancel", (pointer) => { if (pointer.pointerId === sliding) { sliding = null; showMoment(frameOf(event.time_s)); } });

// --- who is the runner ---

$("find-people").disabled = readOnly;
$("find-people").addEventListener("click", async () => {
  if (picture.number === null) { $("people-text").textContent = texts.noFilm; return; }
  $("find-people").disabled = true;
  const shown = picture;
  try {
    const found = await api("GET", `${base}/frames/${shown.video}/${shown.number}/people`);
    if (shown === picture) showPeople(found);
  } catch (error) { say(error.message, true); } finally { $("find-people").disabled = readOnly; }
});

function showPeople(found) {
  people = found;
  drawPicture();
  $("people-text").textContent = people.length > 1 ? fill(texts.people, { count: people.length }) : people.length ? texts.onePerson : texts.nobody;
  $("people").replaceChildren(
    ...(people.length > 1 ? people : []).map((person, n) => {
      const button = tag("button", fill(texts.person, { number: n + 1 }));
      button.type = "button";
      button.addEventListener("click", () => chooseRunner(person));
      return button;
    }),
  );
}

async function chooseRunner(person) {
  try {
    const job = await api("POST", `${base}/runner`, { version: state.version, video: picture.video, number: picture.number, x: person.x + person.width / 2, y: person.y + person.height / 2 });
    window.location.assign(`/jobs/${job.id}`);
  } catch (error) { say(error.message, true); }
}

// --- begin ---

async function load() {
  take(await api("GET", `${base}/adjust`));
}

new ResizeObserver(() => { if (picture && !drag) drawPicture(); }).observe($("stage").parentElement);
try {
  await load();
  say(readOnly ? texts.readOnly : state.pictures[0]?.number === null ? texts.noFilm : texts.ready);
} catch (error) { say(error.message, true); }
