(() => {
  "use strict";
  const players = document.querySelectorAll(".player");
  for (const player of players) {
    const video = player.querySelector("video");
    const frame = 1 / Number(player.dataset.fps);
    const rates = player.querySelectorAll("[data-rate]");
    const setRate = (rate) => {
      video.playbackRate = rate;
      for (const button of rates) button.setAttribute("aria-pressed", String(Number(button.dataset.rate) === rate));
    };
    for (const button of rates) button.addEventListener("click", () => setRate(Number(button.dataset.rate)));
    for (const button of player.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => {
        video.pause();
        // The middle of a frame: its edge may show the one before.
        const now = Math.floor(video.currentTime / frame + 1e-3);
        video.currentTime = Math.max(0, (now + Number(button.dataset.step) + 0.5) * frame);
      });
    }
    video.addEventListener("error", () => player.classList.add("unavailable"), true);
  }
  for (const link of document.querySelectorAll("[data-seek]")) {
    link.addEventListener("click", () => {
      const player = document.getElementById(link.dataset.player);
      const video = player.querySelector("video");
      video.pause();
      video.currentTime = Number(link.dataset.seek) + 0.5 / Number(player.dataset.fps);
      player.scrollIntoView({ block: "center" });
      video.focus({ preventScroll: true });
    });
  }
  // Paper cannot be unfolded: print every source, then fold back what was folded.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const part of opened) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
  });
})();
