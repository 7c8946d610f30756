// Worker of the page Live: pictures of the camera to the server, and its answers to the page. Drawing the page delays
// no picture, and the newest picture is sent, never a queue.

const LONGEST_SIDE = 640;
const QUALITY = 0.8;
/** Pixels of the largest picture that is sent as the camera stored it. */
const MAX_STORED_PIXELS = 640 * 480;
/** Pictures on their way at most: one is read, one waits and may be overtaken. */
const MAX_UNDERWAY = 2;
/** Bytes before the picture: its time, and for a stored one its kind and size. */
const TIME_BYTES = 8;
const STORED_BYTES = 16;

let socket = null;
let stored = false;
let sending = false;
let underway = [];
let pageClock = 0;
let cameraClock = Infinity;
let canvas = null;
let drawing = null;

const now = () => performance.now() + pageClock;

self.onmessage = ({ data }) => {
  if (data.type === "open") open(data);
  else if (data.type === "picture") take(data.picture, data.time, () => postMessage({ type: "next" }));
  else if (data.type === "stop") stop();
};

function open({ address, opening, origin, isLocal, pictures }) {
  pageClock = performance.timeOrigin - origin;
  stored = isLocal;
  socket = new WebSocket(address);
  socket.onopen = () => socket.send(JSON.stringify(opening));
  socket.onmessage = ({ data }) => hear(JSON.parse(data));
  socket.onclose = () => postMessage({ type: "closed" });
  if (pictures) follow(pictures.getReader());
}

function hear(message) {
  if (message.type === "ready") sending = true;
  // Those before the one that was answered were overtaken.
  if (message.type === "reading" || message.type === "fault") underway = underway.filter((one) => one > message.time + 0.001);
  postMessage({ type: "message", message });
}

function stop() {
  sending = false;
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "stop" }));
  else socket.close();
}

/** Take the pictures of the camera as they come; those that come meanwhile are dropped before this. */
async function follow(pictures) {
  for (;;) {
    const { done, value } = await pictures.read();
    if (done) return;
    await take(value, timeOf(value));
  }
}

/** When a picture was taken: its own clock, which is even, against the shortest way that a picture had. */
function timeOf(frame) {
  const arrived = now();
  const taken = frame.timestamp / 1000;
  if (!(Math.abs(arrived - taken - cameraClock) < 500)) cameraClock = arrived - taken;
  cameraClock = Math.min(cameraClock, arrived - taken);
  return taken + cameraClock;
}

async function take(picture, time, then) {
  const before = now();
  underway = underway.filter((one) => one > before - 3000); // lost ones do not stop the others
  try {
    if (!sending || underway.length >= MAX_UNDERWAY || socket.readyState !== WebSocket.OPEN || socket.bufferedAmount > 1e6) return;
    underway.push(time);
    const content = (stored && (await planes(picture))) || (await jpeg(picture));
    new DataView(content).setFloat64(0, time, true);
    if (sending && socket.readyState === WebSocket.OPEN) socket.send(content);
  } finally {
    picture.close();
    then?.();
  }
}

/** The picture as the camera stored it, or null where that is of no use. */
async function planes(frame) {
  const { width, height } = frame.visibleRect ?? { width: 0, height: 0 };
  const usable = (frame.format === "I420" || frame.format === "NV12") && !frame.rotation && !frame.flip;
  if (!usable || !width || width % 2 || height % 2 || width * height > MAX_STORED_PIXELS) return null;
  const size = width * height;
  const colours = frame.format === "NV12" ? [{ offset: size, stride: width }] : [0, 1].map((n) => ({ offset: size + (n * size) / 4, stride: width / 2 }));
  const content = new ArrayBuffer(STORED_BYTES + 1.5 * size);
  const header = new DataView(content);
  for (let n = 0; n < 4; n += 1) header.setUint8(TIME_BYTES + n, frame.format.charCodeAt(n));
  header.setUint16(TIME_BYTES + 4, width, true);
  header.setUint16(TIME_BYTES + 6, height, true);
  await frame.copyTo(new Uint8Array(content, STORED_BYTES), { layout: [{ offset: 0, stride: width }, ...colours] });
  return content;
}

async function jpeg(picture) {
  const full = [picture.displayWidth ?? picture.width, picture.displayHeight ?? picture.height];
  const scale = Math.min(1, LONGEST_SIDE / Math.max(...full));
  const [width, height] = full.map((side) => Math.round(side * scale));
  if (canvas?.width !== width || canvas.height !== height) {
    canvas = new OffscreenCanvas(width, height);
    drawing = canvas.getContext("2d", { alpha: false, desynchronized: true });
  }
  drawing.drawImage(picture, 0, 0, width, height);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  const content = new Uint8Array(TIME_BYTES + blob.size);
  content.set(new Uint8Array(await blob.arrayBuffer()), TIME_BYTES);
  return content.buffer;
}
