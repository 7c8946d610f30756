// Both films at once, and the mean strides, which take a moment to draw.
for (const bar of document.querySelectorAll("[data-players]")) {
  const videos = [...bar.parentElement.querySelectorAll("video")];
  bar.hidden = false;
  bar.querySelector("[data-play]").addEventListener("click", () => videos.forEach((video) => { video.currentTime = 0; video.play(); }));
  bar.querySelector("[data-pause]").addEventListener("click", () => videos.forEach((video) => video.pause()));
  for (const button of bar.querySelectorAll("[data-rate]")) button.addEventListener("click", () => videos.forEach((video) => { video.playbackRate = Number(button.dataset.rate); }));
}
const strides = document.getElementById("strides");
if (strides) {
  const answer = await fetch(strides.dataset.address, { headers: { Accept: "text/html" } });
  // The part comes from this server, with every text escaped.
  if (answer.ok) strides.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
  strides.removeAttribute("aria-busy");
}
