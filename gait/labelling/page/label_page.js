"use strict";
/* The page of `gait label`. Coordinates are those of label files: pixels, whole numbers are the middles of pixels. */
(() => {
  const POINTS = ["shoulder", "hip", "knee", "ankle", "heel", "toe"], FOOT = ["heel", "toe"];
  const COLOURS = { shoulder: "#ffd166", hip: "#ff7a59", knee: "#06d6a0", ankle: "#4cc9f0", heel: "#f78cff", toe: "#c6ff5e" };
  /* Usual uncertainty of a careful labeller, pixels at a leg of some 300 pixels, and frames. */
  const USUAL_SD = { shoulder: 6, hip: 8, knee: 4, ankle: 4, heel: 3, toe: 3 }, USUAL_FRAME_SD = 0.35;
  const NAMES = { initial_contact: "first touch", toe_off: "last touch", flat_foot: "flat foot" };
  const $ = id => document.getElementById(id);
  const canvas = $("frame"), pen = canvas.getContext("2d"), loupe = $("loupe"), glass = loupe.getContext("2d");

  let about = null, frame = 0, shown = null, nextId = 1, pointer = null, draftTimer = 0, dirty = false;
  let state = { labels: [], selected: null, point: null, placing: false };
  let past = [], future = [];
  const images = new Map(), view = { scale: 1, x: 0, y: 0, fitted: true };

  const copy = value => JSON.parse(JSON.stringify(value));
  const selected = () => state.labels.find(l => l.id === state.selected) || null;
  const names = label => label.kind === "initial_contact" ? POINTS : label.kind === "flat_foot" ? FOOT : [];
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  const say = (text, fault = false) => { $("status").textContent = text; $("status").classList.toggle("fault", fault); };

  /* --- talking to the server --- */
  /* In the app the addresses begin elsewhere, and changes carry the token of the login. */
  const { api = "", done = "" } = document.documentElement.dataset;
  const ended = api ? "The server does not answer; your draft is kept" : "gait label has ended; start it again";
  async function ask(path, body) {
    const token = document.querySelector('meta[name="csrf-token"]')?.content;
    const headers = { "Content-Type": "application/json", ...(token ? { "X-CSRF-Token": token } : {}) };
    const options = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) };
    let answer;
    try { answer = await fetch(api + path, options); } catch { throw new Error(ended); }
    const record = await answer.json().catch(() => ({ error: ended }));
    if (record.error) throw new Error(record.error);
    return record;
  }
  function asLabelling() {
    const events = [], flat = [];
    for (const label of [...state.labels].sort((a, b) => a.frame - b.frame)) {
      const given = Object.fromEntries(names(label).filter(n => label.points[n]).map(n => [n, label.points[n]]));
      if (label.kind === "flat_foot") flat.push({ frame: label.labelled_frame ?? label.frame, side: label.side, ...given });
      else {
        const event = { kind: label.kind, side: label.side, frame: label.frame, frame_sd: label.frame_sd };
        if (Object.keys(given).length) Object.assign(event, { labelled_frame: label.labelled_frame, points_px: given });
        events.push(event);
      }
    }
    return flat.length ? { events, flat_foot: flat } : { events };
  }
  const whole = () => ({ labeller: $("labeller").value.trim(), near_side: $("near-side").value || null });
  function keepDraft() {
    clearTimeout(draftTimer);
    dirty = true;
    draftTimer = setTimeout(async () => {
      if (!whole().labeller) return;
      try { await ask("draft", { ...whole(), labels: state.labels }); dirty = false; } catch (error) { say(error.message, true); }
    }, 500);
  }
  async function nameGiven() {
    const name = whole().labeller;
    if (!name) return;
    try {
      const { draft, taken } = await ask("draft.json?labeller=" + encodeURIComponent(name));
      if (taken) return say(`The file has a labelling "${name}" already: choose another name`, true);
      if (draft && Array.isArray(draft.labels) && draft.labels.length && !state.labels.length) {
        change(() => { state.labels = draft.labels; state.selected = null; });
        nextId = Math.max(...draft.labels.map(l => l.id)) + 1;
        if (draft.near_side) $("near-side").value = draft.near_side;
        say(`Continued: ${draft.labels.length} labels of ${name} that were not saved yet`);
      } else if (state.labels.length) keepDraft();
    } catch (error) { say(error.message, true); }
  }

  /* --- changes and undo --- */
  function change(edit) {
    past.push(copy(state));
    if (past.length > 300) past.shift();
    future = [];
    edit();
    keepDraft();
    render();
  }
  function back(from, to) {
    if (!from.length) return;
    to.push(copy(state));
    state = { ...from.pop(), placing: state.placing };
    if (!selected()) { state.placing = false; state.point = null; }
    keepDraft();
    render();
  }
  function mark(kind) {
    const side = document.querySelector("input[name=foot]:checked").value;
    const same = state.labels.find(l => l.kind === kind && l.side === side &&
      (kind === "flat_foot" || Math.abs(l.frame - frame) < 1));
    if (same && kind !== "flat_foot") { select(same.id); return say(`This ${NAMES[kind]} is there already`); }
    change(() => {
      if (same) state.labels = state.labels.filter(l => l !== same);  /* one flat foot a side */
      const label = { id: nextId++, kind, side, frame, frame_sd: USUAL_FRAME_SD, labelled_frame: null, points: {} };
      state.labels.push(label);
      state.selected = label.id;
      state.placing = kind === "flat_foot";
      state.point = names(label)[0] || null;
    });
    say(`${side} ${NAMES[kind]} in frame ${frame}`);
  }
  function select(id) {
    state.selected = id;
    const label = selected();
    state.placing = false;
    state.point = names(label).find(n => !label.points[n]) || null;
    show(label.labelled_frame ?? Math.round(label.frame));
    render();
  }
  function place(x, y) {
    const label = selected();
    if (!label || !state.point) return;
    if (label.labelled_frame !== null && label.labelled_frame !== frame && Object.keys(label.points).length) {
      return say(`The other points of this label are in frame ${label.labelled_frame}: go there, or clear the points`, true);
    }
    const name = state.point;
    change(() => {
      label.labelled_frame = frame;
      const sd = label.points[name]?.[2] ?? usual(label, name);
      label.points[name] = [round(clamp(x, -0.5, about.width - 0.5)), round(clamp(y, -0.5, about.height - 0.5)), sd];
      const next = names(label).find(n => !label.points[n]);
      state.point = next || name;
      if (!next) state.placing = false;
    });
    say(selected().points[name] && !state.placing ? "All points placed" : `${name} placed`);
  }
  /* What was stated for the same point before is the best guess of its uncertainty. */
  function usual(label, name) {
    const before = [...state.labels].reverse().find(l => l !== label && l.kind === label.kind && l.points[name]);
    return before ? before.points[name][2] : USUAL_SD[name];
  }
  const round = value => Math.round(value * 10) / 10;
  function nudge(dx, dy) {
    const label = selected(), at = label?.points[state.point];
    if (at) change(() => { selected().points[state.point] = [round(at[0] + dx), round(at[1] + dy), at[2]]; });
  }
  function moveEvent(by) {
    const label = selected();
    if (!label || label.kind === "flat_foot") return;
    change(() => { selected().frame = clamp(Math.round((label.frame + by) * 100) / 100, 0, about.times_s.length - 1); });
  }

  /* --- frames --- */
  function image(number) {
    if (!images.has(number)) {
      const made = new Image();
      made.decoding = "async";
      made.src = `${api}frame/${number}`;
      made.ready = made.decode().then(() => true, () => false);
      images.set(number, made);
      if (images.size > 48) images.delete(images.keys().next().value);
    }
    return images.get(number);
  }
  async function show(number) {
    frame = clamp(Math.round(number) || 0, 0, about.times_s.length - 1);
    $("slider").value = $("frame-number").value = frame;
    $("frame-time").textContent = `of ${about.times_s.length - 1} · ${about.times_s[frame].toFixed(3)} s`;
    canvas.setAttribute("aria-label", `Frame ${frame} of the video`);
    const wanted = frame, made = image(frame);
    const good = await made.ready;
    if (wanted !== frame) return;
    if (!good) { images.delete(frame); return say(`Frame ${frame} cannot be shown`, true); }
    shown = made;
    canvas.dataset.shown = frame;
    draw();
    for (const near of [1, -1, 2, -2, 3]) if (about.times_s[frame + near] !== undefined) image(frame + near);
  }

  /* --- drawing --- */
  function fit() {
    const box = canvas.getBoundingClientRect();
    view.scale = Math.min(box.width / about.width, box.height / about.height);
    view.x = (box.width - about.width * view.scale) / 2;
    view.y = (box.height - about.height * view.scale) / 2;
    view.fitted = true;
  }
  function zoom(factor, at) {
    const box = canvas.getBoundingClientRect(), centre = at || { x: box.width / 2, y: box.height / 2 };
    const least = Math.min(box.width / about.width, box.height / about.height);
    const scale = clamp(view.scale * factor, least, 12);
    if (scale <= least * 1.001) fit();
    else {
      view.x = centre.x - (centre.x - view.x) * scale / view.scale;
      view.y = centre.y - (centre.y - view.y) * scale / view.scale;
      view.scale = scale;
      view.fitted = false;
    }
    draw();
  }
  const toLabel = at => ({ x: (at.x - view.x) / view.scale - 0.5, y: (at.y - view.y) / view.scale - 0.5 });
  const toScreen = ([x, y]) => ({ x: (x + 0.5) * view.scale + view.x, y: (y + 0.5) * view.scale + view.y });

  function draw() {
    const box = canvas.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
    if (!about || !box.width) return;
    canvas.width = Math.round(box.width * ratio);
    canvas.height = Math.round(box.height * ratio);
    if (view.fitted) fit();
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, box.width, box.height);
    if (!shown) return;
    pen.imageSmoothingEnabled = view.scale < 2;
    pen.drawImage(shown, view.x, view.y, about.width * view.scale, about.height * view.scale);
    for (const label of state.labels) {
      if (label.labelled_frame !== frame) continue;
      for (const name of names(label)) {
        if (label.points[name]) marker(pen, toScreen(label.points[name]), COLOURS[name],
          label.id === state.selected ? name : "", label.id === state.selected && name === state.point);
      }
    }
    drawLoupe();
  }
  function marker(on, at, colour, text, big) {
    const r = big ? 9 : 6;
    for (const [width, style] of [[4, "#000a"], [1.6, colour]]) {
      on.lineWidth = width; on.strokeStyle = style;
      on.beginPath();
      on.arc(at.x, at.y, r, 0, 7);
      on.moveTo(at.x - r - 5, at.y); on.lineTo(at.x - 2, at.y); on.moveTo(at.x + 2, at.y); on.lineTo(at.x + r + 5, at.y);
      on.moveTo(at.x, at.y - r - 5); on.lineTo(at.x, at.y - 2); on.moveTo(at.x, at.y + 2); on.lineTo(at.x, at.y + r + 5);
      on.stroke();
    }
    if (text) {
      on.font = "600 13px system-ui, sans-serif"; on.lineWidth = 3; on.strokeStyle = "#000c"; on.fillStyle = colour;
      on.strokeText(text, at.x + r + 8, at.y - 6); on.fillText(text, at.x + r + 8, at.y - 6);
    }
  }
  function drawLoupe() {
    const visible = pointer && shown && (state.placing || pointer.pressed && state.point);
    loupe.hidden = !visible;
    if (!visible) return;
    const box = canvas.getBoundingClientRect();
    loupe.classList.toggle("left", pointer.x > box.width / 2);
    const size = loupe.width, times = Math.max(6, view.scale * 2), at = toLabel(pointer), across = size / times;
    glass.imageSmoothingEnabled = false;
    glass.fillStyle = "#000"; glass.fillRect(0, 0, size, size);
    glass.drawImage(shown, at.x + 0.5 - across / 2, at.y + 0.5 - across / 2, across, across, 0, 0, size, size);
    glass.strokeStyle = "#fff"; glass.lineWidth = 1; glass.globalCompositeOperation = "difference";
    glass.beginPath();
    for (const [a, b] of [[0, size / 2 - 4], [size / 2 + 4, size]]) {
      glass.moveTo(a, size / 2); glass.lineTo(b, size / 2); glass.moveTo(size / 2, a); glass.lineTo(size / 2, b);
    }
    glass.stroke();
    glass.globalCompositeOperation = "source-over";
  }

  /* --- the panel --- */
  function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }
  function render() {
    const label = selected();
    $("selected").hidden = !label;
    if (label) renderSelected(label);
    const list = [...state.labels].sort((a, b) => a.frame - b.frame).map(l => {
      const count = names(l).filter(n => l.points[n]).length, about_points = names(l).length ? `${count} of ${names(l).length} points` : "";
      const button = element("button", { type: "button", onclick: () => select(l.id) },
        element("span", { textContent: l.kind === "flat_foot" ? l.labelled_frame ?? l.frame : l.frame }),
        element("span", { textContent: `${l.side} ${NAMES[l.kind]}` }), element("span", { className: "about", textContent: about_points }));
      button.setAttribute("aria-pressed", l.id === state.selected);
      return element("li", {}, button);
    });
    $("list").replaceChildren(...list);
    $("empty").hidden = list.length > 0;
    const last = Math.max(about.times_s.length - 1, 1);
    $("ticks").replaceChildren(...state.labels.map(l => {
      const tick = element("i", { className: l.kind });
      tick.style.left = `${100 * l.frame / last}%`;
      return tick;
    }));
    $("undo").disabled = !past.length;
    $("redo").disabled = !future.length;
    canvas.classList.toggle("placing", state.placing);
    $("prompt").hidden = !(state.placing && state.point && label);
    if (label) $("prompt").textContent = `Place the ${state.point} of the ${label.side} ${label.kind === "flat_foot" ? "flat foot" : "leg"}`;
    draw();
  }
  function renderSelected(label) {
    $("selected-title").textContent = `${label.side} ${NAMES[label.kind]}`;
    $("event-fields").hidden = label.kind === "flat_foot";
    $("event-frame").value = label.frame;
    $("event-frame").max = about.times_s.length - 1;
    $("event-sd").value = label.frame_sd;
    $("point-fields").hidden = !names(label).length;
    $("point-hint").textContent = label.labelled_frame === null
      ? `Place the points in ${label.kind === "flat_foot" ? "a frame in mid-stance" : "a whole frame next to the touch"}.`
      : `Points are in frame ${label.labelled_frame}.`;
    $("points").replaceChildren(...names(label).map((name, number) => {
      const at = label.points[name], dot = element("i");
      dot.style.background = COLOURS[name];
      const button = element("button", { type: "button", onclick: () => {
        state.point = name;
        state.placing = true;
        if (label.labelled_frame !== null && label.labelled_frame !== frame) show(label.labelled_frame);
        render();
      } }, dot, element("span", { textContent: name }),
        element("span", { className: "at", textContent: at ? `${at[0]}, ${at[1]}` : `${number + 1}` }));
      button.setAttribute("aria-pressed", name === state.point && state.placing);
      const sd = element("input", { type: "number", min: 0.5, max: 99, step: 0.5, value: at ? at[2] : usual(label, name), disabled: !at });
      sd.onchange = () => { if (+sd.value > 0) change(() => { selected().points[name][2] = +sd.value; }); else render(); };
      return element("li", {}, button, element("label", {}, "± px ", sd));
    }));
    $("place").setAttribute("aria-pressed", state.placing);
    $("clear-points").disabled = !Object.keys(label.points).length;
    document.querySelectorAll("[data-nudge]").forEach(b => { b.disabled = !label.points[state.point]; });
  }
  function togglePlacing() {
    const label = selected();
    if (!label || !names(label).length) return say("Select a first touch or a flat foot first", true);
    state.placing = !state.placing;
    state.point = state.point || names(label)[0];
    if (state.placing && label.labelled_frame !== null && label.labelled_frame !== frame) show(label.labelled_frame);
    render();
  }

  /* --- saving --- */
  function question(title, lines, yes) {
    $("question-title").textContent = title;
    $("question-list").replaceChildren(...lines.map(textContent => element("li", { textContent })));
    $("question-yes").textContent = yes;
    $("question").returnValue = "no";
    $("question").showModal();
    return new Promise(done => $("question").addEventListener("close", () => done($("question").returnValue === "yes"), { once: true }));
  }
  async function save() {
    if (!whole().labeller) { $("labeller").focus(); return say("Give your name or initials first", true); }
    if (!whole().near_side) { $("near-side").focus(); return say("Say which leg is nearer to the camera", true); }
    if (!state.labels.some(l => l.kind !== "flat_foot")) return say("Mark a first or last touch first", true);
    const half = state.labels.find(l => l.kind === "flat_foot" && !(l.points.heel && l.points.toe));
    if (half) { select(half.id); return say("The flat foot needs heel and toe: place them, or remove it", true); }
    const few = state.labels.filter(l => l.kind === "initial_contact" && names(l).some(n => !l.points[n]))
      .map(l => `${l.side} first touch at frame ${l.frame}: ${Object.keys(l.points).length} of ${POINTS.length} points`);
    if (!state.labels.some(l => l.kind === "flat_foot")) few.push("no flat foot: there will be no foot strike angle");
    if (few.length && !await question("Some labels are incomplete", few, "Save as it is")) return;
    clearTimeout(draftTimer);
    try {
      const answer = await ask("save", { ...whole(), labelling: asLabelling() });
      const name = whole().labeller;
      state = { labels: [], selected: null, point: null, placing: false };
      past = []; future = []; dirty = false;
      $("labeller").value = "";
      render();
      say(`Saved as ${name} in ${answer.saved}. The next labeller can begin.`);
    } catch (error) { say(error.message, true); }
  }
  async function finish() {
    if (state.labels.length && !await question("This labelling is not saved", [whole().labeller
      ? `Its draft is kept; gait label continues with it when you give the name ${whole().labeller} again.`
      : "It has no name, so no draft is kept."], "Finish without saving")) return;
    try {
      if (dirty && whole().labeller) await ask("draft", { ...whole(), labels: state.labels });
      await ask("finish", {});
      dirty = false;
      document.querySelectorAll("button, input, select").forEach(e => { e.disabled = true; });
      say("Finished. You can close this page.");
      if (done) window.location.assign(done);
    } catch (error) { say(error.message, true); }
  }

  /* --- pointers --- */
  const fingers = new Map();
  let drag = null;
  const local = event => { const box = canvas.getBoundingClientRect(); return { x: event.clientX - box.left, y: event.clientY - box.top }; };
  canvas.addEventListener("pointerdown", event => {
    canvas.setPointerCapture(event.pointerId);
    const at = local(event);
    fingers.set(event.pointerId, at);
    drag = fingers.size === 1 ? { start: at, last: at, moved: false, kind: event.pointerType } : { ...drag, pinched: true, moved: true };
    pointer = { ...at, pressed: true };
    drawLoupe();
  });
  canvas.addEventListener("pointermove", event => {
    const at = local(event);
    pointer = { ...at, pressed: fingers.size > 0 };
    if (fingers.has(event.pointerId)) {
      const before = new Map(fingers);
      fingers.set(event.pointerId, at);
      if (fingers.size === 2) {
        const [a, b] = [...fingers.values()], [p, q] = [...before.values()];
        const spread = (s, t) => Math.hypot(s.x - t.x, s.y - t.y), middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
        view.x += middle.x - (p.x + q.x) / 2; view.y += middle.y - (p.y + q.y) / 2;
        zoom(spread(a, b) / Math.max(spread(p, q), 1), middle);
        return;
      }
      if (Math.hypot(at.x - drag.start.x, at.y - drag.start.y) > 5) drag.moved = true;
      /* A finger hides what is under it: while placing, it steers the loupe, and two fingers move the frame. */
      if (drag.moved && !drag.pinched && !(state.placing && drag.kind === "touch")) {
        view.x += at.x - drag.last.x; view.y += at.y - drag.last.y; view.fitted = false;
        drag.last = at;
        return draw();
      }
      drag.last = at;
    }
    drawLoupe();
  });
  function up(event, placed) {
    if (!fingers.delete(event.pointerId)) return;
    const at = local(event), ended = drag;
    if (fingers.size) return;
    drag = null;
    if (placed && ended && !ended.pinched && state.placing && (!ended.moved || ended.kind === "touch")) {
      const spot = toLabel(at);
      place(spot.x, spot.y);
    }
    pointer = event.pointerType === "touch" ? null : { ...at, pressed: false };
    drawLoupe();
  }
  canvas.addEventListener("pointerup", event => up(event, true));
  canvas.addEventListener("pointercancel", event => up(event, false));
  canvas.addEventListener("pointerleave", () => { if (!fingers.size) { pointer = null; drawLoupe(); } });
  canvas.addEventListener("wheel", event => { event.preventDefault(); zoom(Math.exp(-event.deltaY / 400), local(event)); }, { passive: false });

  /* --- keys --- */
  const KEYS = {
    ArrowLeft: shift => show(frame - (shift ? 10 : 1)), ArrowRight: shift => show(frame + (shift ? 10 : 1)),
    Home: () => show(0), End: () => show(about.times_s.length - 1),
    c: () => mark("initial_contact"), t: () => mark("toe_off"), g: () => mark("flat_foot"), p: togglePlacing,
    f: () => { const other = document.querySelector("input[name=foot]:not(:checked)"); other.checked = true; say(`${other.value} foot`); },
    "[": () => moveEvent(-0.25), "]": () => moveEvent(0.25), "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5),
    0: () => { fit(); draw(); }, "?": () => $("help").showModal(), Escape: () => { state.placing = false; render(); },
    i: shift => nudge(0, shift ? -5 : -0.5), k: shift => nudge(0, shift ? 5 : 0.5),
    j: shift => nudge(shift ? -5 : -0.5, 0), l: shift => nudge(shift ? 5 : 0.5, 0),
    Enter: () => {
      if (!state.placing) return;
      const box = canvas.getBoundingClientRect(), at = toLabel({ x: box.width / 2, y: box.height / 2 });
      place(at.x, at.y);
    },
  };
  document.addEventListener("keydown", event => {
    if (!about || $("help").open || $("question").open) return;
    const field = event.target, typing = field.matches("input:not([type=radio]):not([type=range]), select");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !(typing && field.id === "labeller")) {
      event.preventDefault();
      return event.shiftKey ? back(future, past) : back(past, future);
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (field.matches("button") && (event.key === "Enter" || event.key === " ")) return;
    if (field.matches("input[type=radio]") && event.key.startsWith("Arrow")) return;
    const number = "123456".indexOf(event.key), label = selected();
    if (number >= 0 && event.key.length === 1 && label && names(label)[number]) {
      state.point = names(label)[number]; state.placing = true; event.preventDefault();
      return render();
    }
    const act = KEYS[event.key] || KEYS[event.key.toLowerCase()];
    if (act) { event.preventDefault(); act(event.shiftKey); }
  });

  /* --- controls --- */
  document.querySelectorAll("[data-step]").forEach(b => { b.onclick = () => show(frame + +b.dataset.step); });
  document.querySelectorAll("[data-nudge]").forEach(b => { b.onclick = () => nudge(...b.dataset.nudge.split(" ").map(Number)); });
  $("slider").oninput = () => show(+$("slider").value);
  $("frame-number").onchange = () => show(+$("frame-number").value);
  $("zoom-in").onclick = () => zoom(1.5);
  $("zoom-out").onclick = () => zoom(1 / 1.5);
  $("zoom-fit").onclick = KEYS[0];
  $("mark-contact").onclick = KEYS.c;
  $("mark-toe-off").onclick = KEYS.t;
  $("mark-flat").onclick = KEYS.g;
  $("event-earlier").onclick = KEYS["["];
  $("event-later").onclick = KEYS["]"];
  $("event-frame").onchange = () => { const to = +$("event-frame").value; if (Number.isFinite(to)) moveEvent(to - selected().frame); };
  $("event-sd").onchange = () => { const sd = +$("event-sd").value; if (sd > 0) change(() => { selected().frame_sd = sd; }); else render(); };
  $("place").onclick = togglePlacing;
  $("clear-points").onclick = () => change(() => { Object.assign(selected(), { points: {}, labelled_frame: null }); state.point = names(selected())[0]; });
  $("remove").onclick = () => change(() => { state.labels = state.labels.filter(l => l.id !== state.selected); state.selected = state.point = null; state.placing = false; });
  $("undo").onclick = () => back(past, future);
  $("redo").onclick = () => back(future, past);
  $("save").onclick = save;
  $("finish").onclick = finish;
  $("help-button").onclick = () => $("help").showModal();
  $("labeller").onchange = nameGiven;
  $("near-side").onchange = () => { if (state.labels.length) keepDraft(); };
  window.addEventListener("resize", draw);
  window.addEventListener("beforeunload", event => { if (dirty && state.labels.length) event.preventDefault(); });

  (async () => {
    try { about = await ask("about.json"); } catch (error) { return say(error.message, true); }
    document.title = `Label ${about.clip}`;
    $("clip").textContent = about.video;
    $("output").textContent = about.output;
    $("slider").max = $("frame-number").max = about.times_s.length - 1;
    if (about.near_side) {
      $("near-side").value = about.near_side;
      document.querySelector(`input[name=foot][value=${about.near_side}]`).checked = true;
    }
    $("labeller").value = about.labeller;
    say(about.labellers.length ? `The file has labellings by ${about.labellers.join(", ")}; they stay hidden` : "Ready");
    render();
    await show(0);
    if (about.labeller) await nameGiven();
  })();
})();
