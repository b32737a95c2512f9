// Reads a QR code with the camera, where the browser can. Pictures stay in the browser; only the link that was read is
// sent, to this site: a code never decides which page is opened. It ends by itself after a minute.
const LIMIT = 60_000; // milliseconds
const PAUSE = 200; // between two looks

const scanner = document.querySelector("[data-scanner]");
const start = document.querySelector("[data-scan]");
const link = document.querySelector("[data-link]");
const video = scanner?.querySelector("video");
const said = scanner?.querySelector("[data-said]");
const stop = scanner?.querySelector("[data-stop]");
let stream = null;

// Our own QR codes hold a verifier's address with the credential's in `url`; others hold the credential's itself.
function credentialLink(text) {
  try {
    const address = new URL(text);
    if (!["http:", "https:"].includes(address.protocol)) return null;
    return address.searchParams.get("url") ?? address.href;
  } catch {
    return null;
  }
}

function release() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  video.srcObject = null;
}

function close() {
  release();
  scanner.hidden = true;
  start.focus();
}

async function look(detector, until) {
  if (!stream) return;
  const codes = await detector.detect(video).catch(() => []);
  if (!stream) return;
  if (codes.length > 0) {
    release();
    const found = credentialLink(codes[0].rawValue);
    if (found === null) {
      said.textContent = scanner.dataset.other;
      return;
    }
    link.elements.url.value = found;
    link.requestSubmit();
    return;
  }
  if (Date.now() > until) {
    release();
    said.textContent = scanner.dataset.late;
    return;
  }
  setTimeout(look, PAUSE, detector, until);
}

async function open() {
  scanner.hidden = false;
  said.textContent = scanner.dataset.looking;
  stop.focus();
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    if (scanner.hidden) { // stopped while the browser was still asking
      release();
      return;
    }
    video.srcObject = stream;
    await video.play();
    look(new BarcodeDetector({ formats: ["qr_code"] }), Date.now() + LIMIT);
  } catch {
    release();
    said.textContent = scanner.dataset.refused;
  }
}

async function offer() {
  if (!start || !("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const formats = await BarcodeDetector.getSupportedFormats();
  if (!formats.includes("qr_code")) return;
  start.hidden = false;
  start.addEventListener("click", open);
  stop.addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !scanner.hidden) close();
  });
}

offer();
