// The page Live: choose, run, read what came of it.
import { api, fill, pageTexts } from "/static/api.js";
import { cameraFault } from "/static/camera.js";
import { CameraLink } from "/static/live_camera.js";
import { Sound } from "/static/live_sound.js";

const texts = pageTexts();
const targets = JSON.parse(document.getElementById("targets").textContent);
const $ = (id) => document.getElementById(id);
const language = document.documentElement.lang;
/** Times of the last session, ms of this page's clock, for measurements: camera to result, and to a change of sound. */
const times = (window.gaitLiveTimes = { results: [], sounds: [] });
let session = null;
let plan = null;

const target = () => targets.find((one) => one.key === $("target").value);
const shown = (value, digits) => value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false });
const percent = (part) => (part.seconds > 0 ? Math.round((100 * part.seconds_inside) / part.seconds) : 0);
const day = (text) => new Date(text).toLocaleDateString(language);

function problem(text) {
  $("problem").textContent = text ?? "";
  $("problem").hidden = !text;
}

async function showPlan() {
  const chosen = target();
  const athlete = $("athlete").value;
  $("camera_place").textContent = chosen.camera;
  $("unit").textContent = chosen.unit;
  $("sound").querySelector('[value="metronome"]').disabled = chosen.key !== "cadence";
  if (chosen.key !== "cadence" && $("sound").value === "metronome") $("sound").value = "tone";
  for (const kind of ["programme", "retention"]) $("kind").querySelector(`[value="${kind}"]`).disabled = !athlete;
  if (!athlete) $("kind").value = "free";
  plan = null;
  $("earlier").hidden = true;
  if (athlete) {
    try {
      const found = await api("GET", `/live/plan?athlete=${athlete}&target=${chosen.key}`);
      if (athlete !== $("athlete").value || chosen.key !== $("target").value) return;
      plan = found;
      problem(null);
    } catch (error) {
      problem(error.message);
    }
  }
  setBand(plan?.low ?? chosen.low, plan?.high ?? chosen.high, chosen);
  const usual = plan?.usual == null ? "" : `${shown(plan.usual, chosen.digits)} ${chosen.unit}`;
  $("band_of").textContent = fill(texts[`from_${plan?.band_of ?? "none"}`], { usual });
  $("sessions").replaceChildren(...(plan?.sessions ?? []).map((one) => listed(one, chosen)));
  $("earlier").hidden = !plan?.sessions.length;
  showKind();
}

function setBand(low, high, chosen) {
  for (const id of ["low", "high"]) $(id).step = chosen.step;
  $("low").value = low.toFixed(chosen.digits);
  $("high").value = high.toFixed(chosen.digits);
}

function showKind() {
  const kind = $("kind").value;
  let text = texts.plan_free;
  if (!plan) text = texts.plan_nobody;
  else if (kind === "retention") text = plan.retention_due ? fill(texts.plan_retention_due, { date: day(plan.retention_due) }) : texts.plan_retention;
  else if (kind === "programme" && plan.retention_due) text = fill(texts.plan_done, { total: plan.total, date: day(plan.retention_due) });
  else if (kind === "programme") text = fill(plan.share < 1 ? texts.plan_faded : texts.plan_first, { number: plan.number, total: plan.total, minutes: plan.minutes, percent: Math.round(100 * plan.share) });
  $("plan").textContent = text;
}

function listed(one, chosen) {
  const row = document.createElement("li");
  const result = one.result;
  row.textContent = fill(texts[`row_${result.kind}`], {
    date: day(one.at), number: result.number, minutes: shown(one.seconds / 60, 1), unit: chosen.unit,
    percent: percent({ seconds: result.seconds_measured, seconds_inside: result.seconds_inside }), mean: shown(result.mean, chosen.digits),
  });
  return row;
}

async function openCamera() {
  const facingMode = $("camera").value;
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode, width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } } });
  } catch (error) {
    throw new Error(error.name === "NotAllowedError" ? texts.denied : fill(texts.no_device, { reason: cameraFault(error, texts) }));
  }
}

async function start(event) {
  event.preventDefault();
  if (session) return;
  problem(null);
  const chosen = target();
  const low = Number($("low").value);
  const high = Number($("high").value);
  const sound = new Sound($("sound").value, (low + high) / 2);
  const own = (session = { chosen, low, high, sound, elapsed: 0, minutes: null, saidAt: 0, result: null, refused: null });
  times.results.length = times.sounds.length = 0;
  $("start").disabled = true;
  try {
    own.stream = await openCamera();
    $("video").srcObject = own.stream;
    await $("video").play();
  } catch (error) {
    finish(own, error.message);
    return;
  }
  showRun(own);
  const [track] = own.stream.getVideoTracks();
  const athlete = $("athlete").value ? Number($("athlete").value) : null;
  own.link = new CameraLink({
    video: $("video"), track, opening: { type: "start", athlete, target: chosen.key, low, high, kind: $("kind").value },
    heard: (message) => hear(own, message), closed: () => finish(own, own.refused ?? (own.result ? null : texts.lost)),
  });
  track.onended = () => stop(own);
  stayAwake(own);
}

function showRun(own) {
  const { chosen, low, high } = own;
  $("run").hidden = false;
  $("run").dataset.state = "";
  document.body.dataset.live = "on";
  $("live_name").textContent = chosen.name;
  $("live_unit").textContent = chosen.unit;
  $("number").textContent = "–";
  $("low_mark").textContent = shown(low, chosen.digits);
  $("high_mark").textContent = shown(high, chosen.digits);
  $("needle").hidden = true;
  $("clock").textContent = "0:00";
  $("phase").textContent = "";
  $("technical").textContent = "";
  $("advice").textContent = texts.starting;
  $("stop").focus();
}

function hear(own, message) {
  if (message.type === "ready") {
    own.minutes = message.plan.kind === "free" ? null : message.plan.minutes;
    $("advice").textContent = texts.finding;
  } else if (message.type === "reading") {
    read(own, message);
  } else if (message.type === "refused") {
    own.refused = message.reason;
  } else if (message.type === "kept") {
    own.result = message;
  }
}

function read(own, message) {
  const known = message.value !== undefined;
  const state = known && message.feedback ? message.state : null;
  if (own.sound.show(state)) times.sounds.push(performance.now() - message.time + 1000 * own.sound.delay);
  const took = performance.now() - message.time;
  times.results.push(took);
  own.delay = own.delay === undefined ? took : 0.95 * own.delay + 0.05 * took;
  own.elapsed = message.elapsed;
  own.first ??= performance.now();
  own.count = (own.count ?? 0) + 1;
  $("run").dataset.value = known ? message.value : "";
  $("run").dataset.state = state ?? "";
  const left = own.minutes === null ? message.elapsed : Math.max(0, 60 * own.minutes - message.elapsed);
  write("clock", `${Math.floor(left / 60)}:${String(Math.floor(left % 60)).padStart(2, "0")}`);
  write("phase", message.feedback ? texts.feedback_on : texts.feedback_off);
  const { chosen, low, high } = own;
  const number = known && message.feedback ? shown(message.value, chosen.digits) : "–";
  write("number", number);
  $("needle").hidden = !(known && message.feedback);
  if (known) $("needle").style.left = `${place(message.value, low, high).toFixed(1)}%`;
  let advice = texts.finding;
  if (!message.found) advice = texts.nobody;
  else if (!known) advice = message.reason || texts.finding;
  else if (!message.feedback) advice = texts.hidden;
  else if (message.state === "inside") advice = texts.inside;
  else advice = texts[`${chosen.key}_${message.state}`];
  write("advice", advice);
  const now = performance.now();
  if (!(known && message.feedback && message.half !== null)) {
    write("live_unit", chosen.unit);
  } else if (!(now - own.sureAt < 500)) {
    own.sureAt = now;
    const error = message.error === null ? "" : shown(2 * message.error, chosen.digits + 1);
    write("live_unit", fill(texts.unsure, { unit: chosen.unit, error, half: shown(message.half, chosen.digits + 1) }));
  }
  if (now - own.saidAt >= 5000) {
    own.saidAt = now;
    $("spoken").textContent = known && message.feedback ? fill(texts.say, { value: number, unit: chosen.unit, advice }) : advice;
    const rate = own.count > 1 ? (1000 * own.count) / (now - own.first) : 0;
    $("technical").textContent = fill(texts.technical, { rate: shown(rate, 0), delay: shown(own.delay, 0) });
  }
  if (own.minutes !== null && message.elapsed >= 60 * own.minutes) stop(own);
}

/** Change a text where it differs: what does not change need not be drawn again, 30 times a second. */
function write(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

/** Place on the strip, per cent: the zone takes the middle third. */
function place(value, low, high) {
  return Math.min(99, Math.max(1, 33 + (34 * (value - low)) / (high - low)));
}

function stop(own) {
  own.sound.show(null);
  if (own.link) own.link.stop();
  else finish(own, null);
}

function finish(own, reason) {
  if (session !== own) return;
  session = null;
  own.link?.close();
  own.sound.close();
  own.stream?.getTracks().forEach((track) => track.stop());
  own.lock?.release();
  $("video").srcObject = null;
  $("run").hidden = true;
  delete document.body.dataset.live;
  $("start").disabled = false;
  problem(reason);
  if (own.result) summarise(own);
  else $("start").focus();
  const kept = own.result?.id;
  if (kept) showPlan();
}

function summarise(own) {
  const { chosen } = own;
  const result = own.result.result;
  const unit = chosen.unit;
  const told = (name, part) => fill(texts[name], { mean: shown(part.mean, chosen.digits), percent: percent(part), unit });
  const rows = [];
  $("summary").hidden = false;
  if (result.mean === null) {
    $("summary_text").textContent = texts.not_kept;
  } else {
    const whole = { seconds: result.seconds_measured, seconds_inside: result.seconds_inside };
    $("summary_text").textContent = fill(texts.kept, { percent: percent(whole), minutes: shown(result.seconds_measured / 60, 1), mean: shown(result.mean, chosen.digits), unit });
    if (result.kind === "programme" && result.opening.mean !== null) rows.push(told("opening", result.opening));
    if (result.with_feedback.mean !== null) rows.push(told("with", result.with_feedback));
    if (result.without_feedback.mean !== null) rows.push(told("without", result.without_feedback));
    rows.push(result.drift_per_min === null ? texts.no_drift : fill(texts.drift, { drift: shown(result.drift_per_min, chosen.digits + 1), unit }));
    if ($("athlete").value && own.result.id === null) rows.push(texts.not_kept);
  }
  $("summary_rows").replaceChildren(...rows.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  draw(own, result);
  $("summary").focus();
}

function draw(own, result) {
  const course = result.course;
  const svg = $("course");
  svg.querySelectorAll(":not(title)").forEach((one) => one.remove());
  svg.classList.toggle("course-empty", course.length < 2);
  svg.toggleAttribute("hidden", course.length < 2);
  if (course.length < 2) return;
  const values = course.map((point) => point[1]);
  const least = Math.min(own.low, ...values);
  const most = Math.max(own.high, ...values);
  const end = course.at(-1)[0];
  const x = (seconds) => 10 + (580 * seconds) / end;
  const y = (value) => 125 - (110 * (value - least)) / (most - least || 1);
  const add = (name, attributes, text) => {
    const one = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
    if (text) one.textContent = text;
    svg.append(one);
  };
  add("rect", { class: "course-zone", x: 10, width: 580, y: y(own.high), height: y(own.low) - y(own.high) });
  for (let i = 1; i < course.length; i += 1) {
    const off = course[i][2] < 0.5 ? " course-off" : "";
    add("line", { class: `course-line${off}`, x1: x(course[i - 1][0]), y1: y(values[i - 1]), x2: x(course[i][0]), y2: y(values[i]) });
  }
  add("text", { x: 14, y: y(own.high) + 14 }, shown(own.high, own.chosen.digits));
  add("text", { x: 14, y: y(own.low) - 4 }, shown(own.low, own.chosen.digits));
}

async function stayAwake(own) {
  try {
    own.lock = await navigator.wakeLock?.request("screen");
  } catch {
    own.lock = null; // the screen may go dark; all else goes on
  }
}

document.addEventListener("visibilitychange", () => {
  if (session && document.visibilityState === "visible") stayAwake(session);
});
$("setup").addEventListener("submit", start);
$("athlete").addEventListener("change", showPlan);
$("target").addEventListener("change", showPlan);
$("kind").addEventListener("change", showKind);
$("stop").addEventListener("click", () => session && stop(session));
$("mute").addEventListener("click", () => {
  if (!session) return;
  session.sound.muted = !session.sound.muted;
  $("mute").setAttribute("aria-pressed", String(session.sound.muted));
  $("mute").textContent = session.sound.muted ? texts.unmute : texts.mute;
  session.sound.show(session.sound.muted ? null : $("run").dataset.state || null);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && session) stop(session);
});
const insecure = !window.isSecureContext;
$("insecure").hidden = !insecure;
$("no_camera").hidden = insecure || Boolean(navigator.mediaDevices?.getUserMedia);
$("start").disabled = insecure || !navigator.mediaDevices?.getUserMedia;
if (!$("athlete").value) $("kind").value = "free";
showPlan();
