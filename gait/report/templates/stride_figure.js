// Moves the figures of the mean stride. Without this script they stand still at initial contact.
document.querySelectorAll(".stride").forEach((stride) => {
  const data = JSON.parse(stride.querySelector(".stride-data").textContent);
  const count = Number(stride.dataset.phases);
  const controls = stride.querySelector(".stride-controls");
  const slider = controls.querySelector("input");
  const play = controls.querySelector(".stride-play");
  const jumps = [...controls.querySelectorAll("[data-phase]")];
  const lines = [...stride.querySelectorAll(".stride-lines li")];
  const shapes = [...stride.querySelectorAll(".stride-moving [data-figure]")].flatMap((figure) =>
    [...figure.children].map((element) => ({
      element,
      points: data.figures[figure.dataset.figure],
      at: element.dataset.at.split(",").map(Number),
      flags: element.dataset.flags ? element.dataset.flags.split(",").map(Number) : [],
    })),
  );
  const slowdown = 3;
  let phase = 0;
  let playing = false;
  let before = null;

  function show(at) {
    phase = ((at % count) + count) % count;
    const low = Math.floor(phase);
    const next = (low + 1) % count;
    const share = phase - low;
    const nearest = Math.round(phase) % count;
    const seen = (n) => data.flags[n][nearest] === "1";
    for (const { element, points, at: joined, flags } of shapes) {
      const xy = joined.map((i) =>
        [0, 1].map((c) => (points[low][2 * i + c] * (1 - share) + points[next][2 * i + c] * share).toFixed(1)),
      );
      if (element.tagName === "circle") {
        element.setAttribute("cx", xy[0][0]);
        element.setAttribute("cy", xy[0][1]);
      } else {
        element.setAttribute("d", "M" + xy.map((p) => p.join(" ")).join("L") + (joined.length === 3 && element.classList.contains("foot") ? "Z" : ""));
      }
      if (flags.length) element.classList.toggle("differs", flags.some(seen));
    }
    for (const line of lines) line.classList.toggle("now", seen(Number(line.dataset.flag)));
    for (const jump of jumps) jump.setAttribute("aria-pressed", String(Number(jump.dataset.phase) === nearest && !playing));
    slider.value = String(Math.round(phase));
    const title = jumps.filter((jump) => Number(jump.dataset.phase) <= nearest).at(-1);
    slider.setAttribute("aria-valuetext", Math.round((100 * phase) / count) + " %" + (title ? ", " + title.textContent : ""));
  }

  function frame(time) {
    if (!playing) return;
    if (before !== null) show(phase + ((time - before) / 1000 / (data.stride_s * slowdown)) * count);
    before = time;
    requestAnimationFrame(frame);
  }

  function set(on) {
    playing = on;
    before = null;
    play.textContent = on ? play.dataset.pause : play.dataset.play;
    if (on) requestAnimationFrame(frame);
  }

  play.addEventListener("click", () => set(!playing));
  slider.addEventListener("input", () => {
    set(false);
    show(Number(slider.value) === count ? count - 0.001 : Number(slider.value));
  });
  for (const jump of jumps) {
    jump.addEventListener("click", () => {
      set(false);
      show(Number(jump.dataset.phase));
    });
  }
  controls.hidden = false;
  show(0);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (!still && "IntersectionObserver" in window) {
    const watch = new IntersectionObserver((entries) => {
      if (!entries[0].isIntersecting) return;
      watch.disconnect();
      set(true);
    }, { threshold: 0.6 });
    watch.observe(stride.querySelector(".stride-moving"));
  }
});
