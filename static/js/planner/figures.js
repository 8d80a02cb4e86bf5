// Figures of one cell: a week, or the mean of a month or quarter with the state of its worst week.
const slice = (values, { start, end }) => values.slice(start, end);
const mean = (values) => values.reduce((sum, each) => sum + each, 0) / values.length;
const WORST = ["absent", "free", "partly", "full", "over"];

export function person(load, group) {
  const sure = slice(load.confirmed, group);
  const taken = slice(load.tentative, group).map((maybe, at) => sure[at] + maybe);
  const states = slice(load.state, group);
  const state = WORST[Math.max(...states.map((each) => WORST.indexOf(each)))];
  const most = Math.max(...taken);
  const mostly = mean(taken);
  return {
    state,
    look: state,
    taken: mostly,
    free: mean(slice(load.available, group)),
    own: mean(slice(load.project, group)),
    proposed: mean(slice(load.proposed, group)),
    most,
    worst: group.start + taken.indexOf(most),
    soft: mostly > 0 && mean(sure) === 0 && state !== "over",
    shown: state === "absent" || mostly === 0 ? null : mostly,
  };
}

const NEED_LOOK = { covered: "full", short: "over", none: "free" };

export function need(load, group) {
  const states = slice(load.state, group);
  const state = ["short", "covered", "none"].find((each) => states.includes(each));
  const open = mean(slice(load.open, group));
  return {
    state,
    look: NEED_LOOK[state],
    needed: mean(slice(load.needed, group)),
    filled: mean(slice(load.filled, group)),
    open,
    shown: state === "short" ? open : null,
  };
}
