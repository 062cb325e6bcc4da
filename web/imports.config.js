// The house of src/, from top to bottom: imports run downward only, and neighbours on a floor do not know each other.
const FLOORS = [
  ["main.tsx", "embed.tsx"],
  ["App.tsx"],
  ["shell"],
  ["pages"],
  ["ops", "patient", "recordings"],
  ["provider"],
  ["calls"],
  ["components/call", "playback"],
  ["components"],
  ["session"],
  ["call"],
  ["api"],
  ["assets", "i18n", "styles.css", "embed.css"],
];

const within = (rooms) => `^src/(${rooms.map((room) => room.replace(".", "\\.")).join("|")})(/|$)`;

/** What a room may not import: all floors above it and its neighbours. */
function upward(room, floor) {
  const own = FLOORS.flat().filter((other) => other.startsWith(`${room}/`));
  const others = [...FLOORS.slice(0, floor).flat(), ...FLOORS[floor].filter((other) => other !== room)];
  return {
    name: `${room}-imports-downward`,
    severity: "error",
    from: { path: within([room]), ...(own.length ? { pathNot: within(own) } : {}) },
    to: { path: within(others) },
  };
}

export default {
  forbidden: [
    ...FLOORS.flatMap((rooms, floor) => rooms.map((room) => upward(room, floor))),
    { name: "no-folder-cycles", severity: "error", scope: "folder", from: {}, to: { circular: true } },
    {
      name: "every-file-has-a-floor",
      severity: "error",
      from: { path: "^src/", pathNot: within(FLOORS.flat()) },
      to: {},
    },
    {
      name: "a-call-knows-no-react",
      comment: "The state of a call and its signaling serve any framework, and are tested without a page.",
      severity: "error",
      from: { path: within(["api", "call", "i18n"]) },
      to: { path: "node_modules/(react|react-dom|react-router|react-aria-components)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
