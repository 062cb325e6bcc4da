/** Who listens to a call, and what they are told when its state has become another. */

import { Emitter } from "../../../shared/api/signaling/emitter";
import { type CallConnectionState, connectionState, peerConnectionState } from "./connectionstate";
import type { CallState, Ended } from "./state";
import type { ConnectionStatistics } from "./statistics";

export class Listeners {
  readonly states = new Emitter<CallState>();
  readonly endings = new Emitter<Ended>();
  readonly connectionStates = new Emitter<CallConnectionState>();
  readonly peerConnectionStates = new Emitter<RTCPeerConnectionState>();
  readonly statistics = new Emitter<ConnectionStatistics>();

  changed(before: CallState, now: CallState): void {
    this.states.emit(now);
    const connection = connectionState(now);
    if (connection !== connectionState(before)) this.connectionStates.emit(connection);
    const peer = peerConnectionState(now);
    if (peer !== peerConnectionState(before)) this.peerConnectionStates.emit(peer);
    if (now.ended !== null && before.ended === null) this.endings.emit(now.ended);
  }
}
