/** Who may be asked into a call that runs, and who is taken out of it: the provider's to decide. */

import { ApiError, problemOf } from "../../../shared/api/client";
import type {
  GuestLink,
  GuestLinkList,
  InvitablePeople,
  InvitablePerson,
  InviteParticipant,
  MakeGuestLink,
} from "../../../shared/api/schema";
import type { SignalingOptions } from "../../../shared/api/signaling/client";
import type { Side } from "../../../shared/api/signaling/messages";
import { addressOn, send } from "./http";

/** As many as a call holds, the invited included. */
export const MOST = 6;

/** The requests about the people of one call. They reject with ApiError. */
export class People {
  readonly #options: SignalingOptions;
  readonly #path: string;

  constructor(options: SignalingOptions, roomId: string) {
    this.#options = options;
    this.#path = `call/${encodeURIComponent(roomId)}`;
  }

  async invitable(): Promise<readonly InvitablePerson[]> {
    const reply = await this.#send("GET", "invitable");
    const { people } = (await reply.json()) as InvitablePeople;
    return people.filter(({ sides }) => sides.length > 0);
  }

  /** `required`: the call does not go on without them. */
  async invite(userId: string, side: Side, required: boolean): Promise<void> {
    const body: InviteParticipant = { user_id: userId, side, required };
    await this.#send("POST", "participants", body);
  }

  /** Takes somebody out of the call, or back the invitation that they have not answered. */
  async remove(userId: string): Promise<void> {
    await this.#send("DELETE", `participants/${encodeURIComponent(userId)}`);
  }

  /** By a link, which lets in somebody without an account. */
  async inviteByLink(asked: MakeGuestLink): Promise<GuestLink> {
    const made = (await (await this.#send("POST", "links", asked)).json()) as GuestLink;
    // A server that does not know its own address is where the call is, not where this page is.
    return made.url ? { ...made, url: addressOn(this.#options, made.url) } : made;
  }

  /** All that were made into this call. */
  async links(): Promise<readonly GuestLink[]> {
    const reply = await this.#send("GET", "links");
    return ((await reply.json()) as GuestLinkList).links;
  }

  /** Whoever came by it is out. */
  async revokeLink(linkId: string): Promise<void> {
    await this.#send("DELETE", `links/${encodeURIComponent(linkId)}`);
  }

  /** Somebody who came by a link is who they should be. */
  async confirm(userId: string): Promise<void> {
    await this.#send("POST", `participants/${encodeURIComponent(userId)}/identity`);
  }

  async #send(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<Response> {
    const response = await send(this.#options, method, `${this.#path}/${path}`, body).catch(() => {
      throw new ApiError(0, "network");
    });
    if (!response.ok) throw await problemOf(response);
    return response;
  }
}
