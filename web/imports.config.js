// The house of src/, from top to bottom: imports run downward only, and neighbours on a floor do
// not know each other. ARCHITECTURE.md draws it.
const FLOORS = [
  ["app", "bundle", "embed"],
  ["features/guests", "features/patient", "features/provider"],
  ["features/invitations"],
  [
    "features/appointments",
    "features/calls",
    "features/checkin",
    "features/people",
    "features/recordings",
  ],
  [
    "features/audit",
    "features/call",
    "features/chat",
    "features/consents",
    "features/identity",
    "features/intake",
    "features/notes",
    "features/ops",
    "features/ownrecordings",
    "features/safety",
  ],
  ["shared/ui"],
  ["shared/api"],
  ["shared/i18n", "shared/theme"],
];

const within = (rooms) => `^src/(${rooms.join("|")})/`;

const SIGNING_IN = "^src/app/RequireSession\\.tsx$";

/** What a room may not import: all floors above it and its neighbours. */
function downward(room, floor) {
  const neighbours = FLOORS[floor].filter((other) => other !== room);
  return {
    name: `${room.replace("/", "-")}-imports-downward`,
    severity: "error",
    from: { path: within([room]) },
    to: { path: within([...FLOORS.slice(0, floor).flat(), ...neighbours]) },
  };
}

/** Whoever stands outside a feature comes in by its index.ts. */
function frontDoor(name, from, own = []) {
  return {
    name,
    severity: "error",
    from: { path: from },
    to: { path: "^src/features/", pathNot: ["^src/features/[^/]+/index\\.ts$", ...own] },
  };
}

export default {
  forbidden: [
    ...FLOORS.flatMap((rooms, floor) => rooms.map((room) => downward(room, floor))),
    frontDoor("a-feature-knows-front-doors-only", "^src/features/([^/]+)/", ["^src/features/$1/"]),
    frontDoor("the-app-knows-front-doors-only", within(["app", "bundle", "embed"])),
    {
      name: "no-folder-cycles",
      severity: "error",
      scope: "folder",
      from: {},
      to: { circular: true },
    },
    {
      name: "every-file-has-a-floor",
      severity: "error",
      from: { path: "^src/", pathNot: within(FLOORS.flat()) },
      to: {},
    },
    {
      name: "whoever-is-signed-in-is-told-all",
      comment:
        "shared/api/words.ts has what may come up before signing in; refusals.ts has every refusal.",
      severity: "error",
      from: {
        path: "^src/",
        pathNot: ["^src/shared/api/", within(["features/identity"]), SIGNING_IN],
      },
      to: { path: "^src/shared/api/words\\.ts$" },
    },
    {
      name: "a-call-knows-no-react",
      comment:
        "The state of a call and its signaling serve any framework, and are tested without a page.",
      severity: "error",
      from: { path: within(["bundle/core", "features/call/core", "shared/api", "shared/i18n"]) },
      to: { path: "node_modules/(react|react-dom|wouter|react-aria|react-aria-components)/" },
    },
    {
      name: "the-core-knows-the-wire-only",
      comment: "Nothing of a page, not even its words.",
      severity: "error",
      from: { path: within(["features/call/core"]) },
      to: { path: "^src/", pathNot: within(["features/call/core", "shared/api"]) },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
