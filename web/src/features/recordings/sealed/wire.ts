/** What a page, its worker with the key and the service worker say to each other. */

import type { Problem, SealedRecording } from "../../../shared/api/schema";
import type { OpenedPart } from "./opening/recording";
import type { TroubleCode } from "./opening/trouble";

/** Pages that show one recording; the list of them needs no service worker. */
export const SCOPE = "/recordings/";
/** Addresses below it are answered by the service worker alone: no server knows them. */
export const OPENED = `${SCOPE}opened/`;

export type Ask =
  | { readonly ask: "key"; readonly file: string; readonly passphrase: string }
  | { readonly ask: "recording"; readonly sealed: SealedRecording };

export interface Replies {
  /** Its id. */
  key: string;
  recording: Pick<OpenedRecording, "isAuthentic" | "parts">;
}

export interface OpenedRecording {
  readonly isAuthentic: boolean;
  readonly parts: readonly OpenedPart[];
}

/** What went wrong: with the recording, or as the server told it. */
export type Failure =
  | { readonly trouble: TroubleCode }
  | { readonly status: number; readonly problem: Partial<Problem> | null };

/** From the worker. */
export type Told =
  | { readonly told: "reply"; readonly call: number; readonly reply: Replies[keyof Replies] }
  | { readonly told: "failure"; readonly call: number; readonly failure: Failure }
  | {
      readonly told: "progress";
      readonly partId: string;
      /** Octets. */
      readonly done: number;
      readonly of: number;
    }
  /** While it is played. */
  | {
      readonly told: "broken";
      readonly recordingId: string;
      readonly partId: string;
      readonly failure: Failure;
    };

/** From the service worker to the page, which hands it on; answered on the port beside it. */
export interface RangeAsked {
  readonly recordingId: string;
  readonly partId: string;
  /** The header of that name. */
  readonly range: string | null;
}

export type RangeAnswer =
  | { readonly status: 404 | 416 | 502 }
  | {
      readonly status: 206;
      readonly first: number;
      readonly size: number;
      readonly mediaType: string;
      readonly octets: ArrayBuffer;
    };

/** Another each time that it is opened: browsers remember what an address answered. */
export function addressOf(recordingId: string, partId: string, time: number): string {
  return `${OPENED}${recordingId}/${partId}?${time}`;
}

/** The same of what an address asks for; null: it is none of these. */
export function askedFor(path: string, range: string | null): RangeAsked | null {
  const [recordingId, partId, ...more] = path.slice(OPENED.length).split("/");
  if (!path.startsWith(OPENED) || !recordingId || !partId || more.length > 0) return null;
  return { recordingId, partId, range };
}
