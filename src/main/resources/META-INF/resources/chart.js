// Draws the numbers of /stats/history with uPlot. Without scripts, the page has them as a table.
(() => {
  "use strict";

  const HEIGHT = 260;
  const REFRESH_MILLIS = 60000;
  const RETRY_MILLIS = 5000;
  const box = document.getElementById("chart");
  if (!box || !window.uPlot) {
    return;
  }

  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const LIGHT = {text: "#333", grid: "#ddd", outage: "rgba(200, 60, 60, 0.18)", lines: ["#1d5fa8", "#a34a00", "#b00020"]};
  const DARK = {text: "#ddd", grid: "#444", outage: "rgba(255, 110, 110, 0.22)", lines: ["#79b8ff", "#ffb066", "#ff8a8a"]};
  const SERIES = [["sessions", "Sessions", []], ["catches", "Catches", [8, 4]], ["confirmed", "Confirmed", [2, 3]]];

  let chart = null;
  let latest = null;

  function width() {
    return Math.max(240, box.clientWidth);
  }

  // drawn before the lines, so that they stay visible
  function outageBands(outages, color) {
    return {
      hooks: {
        drawClear: (u) => {
          const {left, top, width: w, height} = u.bbox;
          u.ctx.save();
          u.ctx.fillStyle = color;
          for (const band of outages) {
            const from = Math.max(left, u.valToPos(band.from, "x", true));
            const until = Math.min(left + w, u.valToPos(band.until, "x", true));
            if (until >= from) {
              u.ctx.fillRect(from, top, Math.max(2, until - from), height);
            }
          }
          u.ctx.restore();
        },
      },
    };
  }

  function options(history) {
    const colors = dark.matches ? DARK : LIGHT;
    const axis = {stroke: colors.text, grid: {stroke: colors.grid, width: 1}, ticks: {stroke: colors.grid, width: 1}};
    const times = (u, seconds, axisIndex, space, step) => seconds.map((second) => {
      const iso = new Date(second * 1000).toISOString();
      return step >= 86400 || iso.substring(11, 16) === "00:00" ? iso.substring(5, 10) : iso.substring(11, 16);
    });
    return {
      width: width(),
      height: HEIGHT,
      tzDate: (second) => uPlot.tzDate(new Date(second * 1000), "Etc/UTC"),
      plugins: [outageBands(history.outages, colors.outage)],
      scales: {y: {range: (u, min, max) => [0, Math.max(1, max * 1.05)]}},
      axes: [{...axis, values: times}, {...axis, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7]}],
      series: [
        {label: "UTC", value: history.step < 86400 ? "{YYYY}-{MM}-{DD} {HH}:{mm}" : "{YYYY}-{MM}-{DD}"},
        ...SERIES.map(([, label, dash], i) => ({label, stroke: colors.lines[i], width: 2, dash})),
      ],
    };
  }

  function draw() {
    if (chart) {
      chart.destroy();
    }
    const column = (name) => latest.data[latest.columns.indexOf(name)];
    box.hidden = false;
    document.getElementById("chart-outages").hidden = latest.outages.length === 0;
    chart = new uPlot(options(latest), [column("time"), ...SERIES.map(([name]) => column(name))], box);
  }

  async function load() {
    let next = REFRESH_MILLIS;
    try {
      if (!document.hidden || !chart) {
        const response = await fetch("/stats/history?range=" + encodeURIComponent(box.dataset.range),
          {headers: {Accept: "application/json"}});
        if (response.ok) {
          latest = await response.json();
          draw();
        }
      }
    } catch (e) {
      next = chart ? REFRESH_MILLIS : RETRY_MILLIS;
    }
    window.setTimeout(load, next);
  }

  dark.addEventListener("change", () => latest && draw());
  new ResizeObserver(() => chart && chart.setSize({width: width(), height: HEIGHT})).observe(box);
  load();
})();
