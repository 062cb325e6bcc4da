/** What a bundle shows of a recording as the server's own pages do. */

export { AccessLog } from "./AccessLog";
export { Consents } from "./Consents";
export { playerGaps } from "./lacks";
export { Missing } from "./Missing";
export { Film } from "./playback/Film";
export { Player } from "./playback/Player";
export { purposeWords } from "./purposes";
