import { request } from "./client";
import type {
  AcceptCall,
  AuditPage,
  AuditPeople,
  AuditStatus,
  Call,
  CallAcceptedReply,
  CallDeclinedReply,
  CallEndedReply,
  CallInitiated,
  CallList,
  ClientSettings,
  Credentials,
  EmergencyAcknowledged,
  Erasure,
  Identity,
  InitiateCall,
  LegalHold,
  OpenPlayback,
  OwnConsentList,
  OwnRecordingList,
  operations,
  PatientList,
  Playback,
  RecordingDetail,
  RecordingList,
  RecordingRequest,
  RecordingRequestList,
  RelayStatistics,
} from "./schema";

type RecordingQuery = NonNullable<operations["list_recordings"]["parameters"]["query"]>;
/** Which recordings the server lists. */
export type RecordingFilter = NonNullable<RecordingQuery["only"]>;

type AuditParameters = NonNullable<operations["list_audit"]["parameters"]["query"]>;
/** What of the audit log the server is asked for. */
export type AuditQuery = Omit<AuditParameters, "cursor">;

type ExportParameters = NonNullable<operations["export_audit"]["parameters"]["query"]>;
/** In which form rows of it are taken elsewhere. */
export type AuditForm = NonNullable<ExportParameters["form"]>;

const TELEMEDICINE = "telemedicine/";
const post = <Reply>(path: string, body?: unknown) =>
  request<Reply>(path, { method: "POST", body });
const segment = encodeURIComponent;
/** What is given, behind a question mark. */
function query(values: Readonly<Record<string, string | null | undefined>>): string {
  const given = Object.entries(values).filter((entry): entry is [string, string] => !!entry[1]);
  return given.length > 0 ? `?${new URLSearchParams(given)}` : "";
}

/** Every HTTP endpoint the pages use, one function each. All throw ApiError. */
export const api = {
  me: (signal?: AbortSignal) => request<Identity>("auth/me", signal ? { signal } : {}),
  signIn: (credentials: Credentials) => post<Identity>("auth/login", credentials),
  logout: () => post<void>("auth/logout"),
  /** Exchange a host platform's token for the cookie of this site. */
  exchangeToken: (token: string) =>
    request<Identity>("auth/session", {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
    }),
  settings: () => request<ClientSettings>(`${TELEMEDICINE}settings`),

  patients: () => request<PatientList>(`${TELEMEDICINE}patients`),
  calls: (cursor?: string | null) =>
    request<CallList>(`${TELEMEDICINE}calls${query({ cursor: cursor ?? null })}`),
  call: (roomId: string) => request<Call>(`${TELEMEDICINE}calls/${segment(roomId)}`),
  consents: (cursor?: string | null) =>
    request<OwnConsentList>(`${TELEMEDICINE}consents${cursor ? `?cursor=${segment(cursor)}` : ""}`),
  /** A link, not a request: the browser downloads it. */
  consentDocumentUrl: (id: number) => `/api/v1/${TELEMEDICINE}consents/${id}/document`,
  initiateCall: (body: InitiateCall) => post<CallInitiated>(`${TELEMEDICINE}call/initiate`, body),
  acceptCall: (body: AcceptCall) => post<CallAcceptedReply>(`${TELEMEDICINE}call/accept`, body),
  declineCall: (room_id: string) =>
    post<CallDeclinedReply>(`${TELEMEDICINE}call/decline`, { room_id }),
  acknowledgeEmergency: (room_id: string) =>
    post<EmergencyAcknowledged>(`${TELEMEDICINE}call/emergency/acknowledge`, { room_id }),
  endCall: (room_id: string) => post<CallEndedReply>(`${TELEMEDICINE}call/end`, { room_id }),

  ownRecordings: (cursor: string | null) =>
    request<OwnRecordingList>(`${TELEMEDICINE}own-recordings${query({ cursor })}`),
  askForRecording: (id: string, kind: RecordingRequest["kind"]) =>
    post<RecordingRequest>(`${TELEMEDICINE}own-recordings/${segment(id)}/requests`, { kind }),
  recordingRequests: () => request<RecordingRequestList>(`${TELEMEDICINE}recording-requests`),
  answerRecordingRequest: (id: string, accepted: boolean, reason: string) =>
    post<RecordingRequest>(`${TELEMEDICINE}recording-requests/${segment(id)}/answer`, {
      accepted,
      reason,
    }),
  recordings: (cursor: string | null, only: RecordingFilter | null) =>
    request<RecordingList>(`${TELEMEDICINE}recordings${query({ cursor, only })}`),
  recording: (id: string) => request<RecordingDetail>(`${TELEMEDICINE}recordings/${segment(id)}`),
  placeHold: (id: string, reason: string) =>
    post<LegalHold>(`${TELEMEDICINE}recordings/${segment(id)}/holds`, { reason }),
  releaseHold: (id: string, holdId: string, reason: string) =>
    post<LegalHold>(`${TELEMEDICINE}recordings/${segment(id)}/holds/${segment(holdId)}/release`, {
      reason,
    }),
  eraseRecording: (id: string, reason: string) =>
    post<Erasure>(`${TELEMEDICINE}recordings/${segment(id)}/erase`, { reason }),
  openPlayback: (id: string, body: OpenPlayback) =>
    post<Playback>(`${TELEMEDICINE}recordings/${segment(id)}/playback`, body),
  /**
   * A link, not a request: the browser downloads it, the server writes that to the audit log first.
   */
  downloadUrl: (id: string, partId: string, playbackId: string) =>
    `/api/v1/${TELEMEDICINE}recordings/${segment(id)}/parts/${segment(partId)}/download${query({ playback: playbackId })}`,

  audit: (asked: AuditQuery, cursor: string | null) =>
    request<AuditPage>(`${TELEMEDICINE}audit${query({ ...asked, cursor })}`),
  auditStatus: () => request<AuditStatus>(`${TELEMEDICINE}audit/status`),
  auditPeople: (name: string) =>
    request<AuditPeople>(`${TELEMEDICINE}audit/people${query({ name })}`),
  /** Links, not requests: the browser downloads them. */
  auditExportUrl: (asked: AuditQuery, form: AuditForm) =>
    `/api/v1/${TELEMEDICINE}audit/export${query({ ...asked, form })}`,
  auditProofUrl: (row: number) => `/api/v1/${TELEMEDICINE}audit/${row}/proof`,

  liveRooms: (signal?: AbortSignal) =>
    request<RelayStatistics>(`${TELEMEDICINE}ops/rooms`, signal ? { signal } : {}),
};
