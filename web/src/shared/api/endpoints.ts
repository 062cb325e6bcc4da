import { post, put, remove, request } from "./client";
import type {
  AcceptCall,
  AddPerson,
  Appointment,
  AppointmentList,
  AskForExport,
  AuditPage,
  AuditPeople,
  AuditPerson,
  AuditStatus,
  BookAppointment,
  BreakGlass,
  BreakGlassAccess,
  BreakGlassList,
  Call,
  CallAcceptedReply,
  CallDeclinedReply,
  CallEndedReply,
  CallInitiated,
  CallList,
  CancelAppointment,
  CareTeam,
  ConnectionTestBegun,
  Crisis,
  EmergencyAcknowledged,
  EmergencyNumbers,
  EmergencyPlayback,
  EmergencyRaised,
  Erasure,
  Feed,
  GuestLink,
  GuestLinkList,
  GuestLinkRevoked,
  InitiateCall,
  IntakeHistory,
  InvitablePeople,
  InviteParticipant,
  LegalHold,
  MakeGuestLink,
  MoveAppointment,
  Note,
  NoteCrisis,
  OpenedFeed,
  OpenFeed,
  OpenPlayback,
  OwnConsentList,
  OwnPlace,
  OwnRecordingList,
  operations,
  ParticipantInvited,
  PatientList,
  PatientRecord,
  Person,
  PersonList,
  Place,
  Playback,
  PulledIntake,
  PutPatient,
  PutPerson,
  RecordingDetail,
  RecordingExport,
  RecordingExportList,
  RecordingList,
  RecordingRequest,
  RecordingRequestList,
  RecordingUnlock,
  RecordingUnlockList,
  RelayStatistics,
  SayPlace,
  Still,
  TakeStill,
  TellDamage,
  TellKeyOpened,
  TestConnection,
  WaitingList,
  WaitingPlace,
  WriteNote,
} from "./schema";

type RecordingQuery = NonNullable<operations["list_recordings"]["parameters"]["query"]>;
/** Which recordings the server lists. */
export type RecordingFilter = Omit<RecordingQuery, "cursor">;
export type RecordingState = NonNullable<RecordingQuery["state"]>[number];

type PeopleParameters = NonNullable<operations["list_people"]["parameters"]["query"]>;
/** Whom the server is asked for. */
export type PeopleQuery = Pick<PeopleParameters, "text"> & { role: Person["role"] | "" };

type AuditParameters = NonNullable<operations["list_audit"]["parameters"]["query"]>;
/** What of the audit log the server is asked for. */
export type AuditQuery = Omit<AuditParameters, "cursor">;

type ExportParameters = NonNullable<operations["export_audit"]["parameters"]["query"]>;
/** In which form rows of it are taken elsewhere. */
export type AuditForm = NonNullable<ExportParameters["form"]>;

/** What a patient says where they are for: a call, or an appointment that they wait for. */
export type Visit =
  | { room_id: string; appointment_id?: undefined }
  | { appointment_id: string; room_id?: undefined };

const TELEMEDICINE = "telemedicine/";
const segment = encodeURIComponent;
const person = (id: string) => `${TELEMEDICINE}people/${segment(id)}`;
const patient = (id: string) => `${TELEMEDICINE}patients/${segment(id)}`;
/** What is given, behind a question mark. */
type Value = string | number | readonly string[] | null | undefined;

/** Without what is empty; several values are given one by one. */
function query(values: Readonly<Record<string, Value>>): string {
  const given = Object.entries(values).flatMap(([name, value]) =>
    [value ?? ""]
      .flat()
      .filter((one) => one !== "")
      .map((one) => [name, String(one)]),
  );
  return given.length > 0 ? `?${new URLSearchParams(given)}` : "";
}

/**
 * Every HTTP endpoint that the pages use of whoever is signed in, one function each. All throw
 * ApiError.
 */
export const api = {
  patients: () => request<PatientList>(`${TELEMEDICINE}patients`),
  patient: (id: string) => request<PatientRecord>(patient(id)),
  addPatient: (body: PutPatient) => post<PatientRecord>(`${TELEMEDICINE}patients`, body),
  putPatient: (id: string, body: PutPatient) => put<PatientRecord>(patient(id), body),
  intake: (id: string, cursor: string | null) =>
    request<IntakeHistory>(`${patient(id)}/intake${query({ cursor })}`),
  pullIntake: (id: string) => post<PulledIntake>(`${patient(id)}/intake/pull`),
  careTeam: (id: string) => request<CareTeam>(`${patient(id)}/providers`),
  assignProvider: (id: string, providerId: string) =>
    request<CareTeam>(`${patient(id)}/providers/${segment(providerId)}`, { method: "PUT" }),
  unassignProvider: (id: string, providerId: string) =>
    remove<CareTeam>(`${patient(id)}/providers/${segment(providerId)}`),
  people: (asked: PeopleQuery, cursor: string | null) =>
    request<PersonList>(`${TELEMEDICINE}people${query({ ...asked, cursor })}`),
  person: (id: string) => request<Person>(person(id)),
  addPerson: (body: AddPerson) => post<Person>(`${TELEMEDICINE}people`, body),
  putPerson: (id: string, body: PutPerson) => put<Person>(person(id), body),
  disablePerson: (id: string) => post<Person>(`${person(id)}/disable`),
  enablePerson: (id: string) => post<Person>(`${person(id)}/enable`),
  signOutPerson: (id: string) => post<Person>(`${person(id)}/sign-out`),
  invite: (id: string) => post<Person>(`${person(id)}/invitation`),
  revokeInvitation: (id: string) => remove<Person>(`${person(id)}/invitation`),
  calls: (cursor?: string | null) =>
    request<CallList>(`${TELEMEDICINE}calls${query({ cursor: cursor ?? null })}`),
  call: (roomId: string) => request<Call>(`${TELEMEDICINE}calls/${segment(roomId)}`),
  eraseChat: (roomId: string, reason: string) =>
    post<void>(`${TELEMEDICINE}calls/${segment(roomId)}/chat/erase`, { reason }),
  eraseFile: (roomId: string, fileId: string, reason: string) =>
    post<void>(`${TELEMEDICINE}calls/${segment(roomId)}/chat/files/${segment(fileId)}/erase`, {
      reason,
    }),
  eraseNote: (roomId: string) => remove<void>(`${TELEMEDICINE}calls/${segment(roomId)}/note`),
  note: (roomId: string) => request<Note>(`${TELEMEDICINE}calls/${segment(roomId)}/note`),
  ownPlace: (visit: Visit) => request<OwnPlace>(`${TELEMEDICINE}place${query({ ...visit })}`),
  sayPlace: (visit: Visit, body: SayPlace) =>
    put<void>(
      visit.room_id === undefined
        ? `${TELEMEDICINE}waiting-room/${segment(visit.appointment_id)}/place`
        : `${TELEMEDICINE}calls/${segment(visit.room_id)}/place`,
      body,
    ),
  crisis: (roomId: string) => request<Crisis>(`${TELEMEDICINE}calls/${segment(roomId)}/crisis`),
  noteCrisis: (roomId: string, body: NoteCrisis) =>
    post<void>(`${TELEMEDICINE}calls/${segment(roomId)}/crisis`, body),
  emergencyNumbers: (country: string) =>
    request<EmergencyNumbers>(`${TELEMEDICINE}emergency-numbers${query({ country })}`),
  raiseEmergency: (room_id: string) =>
    post<EmergencyRaised>(`${TELEMEDICINE}call/emergency`, { room_id }),
  endCrisis: (roomId: string) => post<void>(`${TELEMEDICINE}call/${segment(roomId)}/crisis/over`),
  disconnect: (roomId: string) =>
    post<CallEndedReply>(`${TELEMEDICINE}call/${segment(roomId)}/disconnect`),
  invitable: (roomId: string) =>
    request<InvitablePeople>(`${TELEMEDICINE}call/${segment(roomId)}/invitable`),
  askIn: (roomId: string, body: InviteParticipant) =>
    post<ParticipantInvited>(`${TELEMEDICINE}call/${segment(roomId)}/participants`, body),
  place: (roomId: string) => request<Place>(`${TELEMEDICINE}calls/${segment(roomId)}/place`),
  writeNote: (roomId: string, body: WriteNote) =>
    put<Note>(`${TELEMEDICINE}calls/${segment(roomId)}/note`, body),
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
  testConnection: (body: TestConnection, signal: AbortSignal) =>
    request<ConnectionTestBegun>(`${TELEMEDICINE}connection-tests`, {
      method: "POST",
      body,
      signal,
    }),
  endCall: (room_id: string) => post<CallEndedReply>(`${TELEMEDICINE}call/end`, { room_id }),

  appointments: (after: string, before: string, cursor: string | null) =>
    request<AppointmentList>(`${TELEMEDICINE}appointments${query({ after, before, cursor })}`),
  bookAppointment: (body: BookAppointment) =>
    post<Appointment>(`${TELEMEDICINE}appointments`, body),
  moveAppointment: (id: string, body: MoveAppointment) =>
    post<Appointment>(`${TELEMEDICINE}appointments/${segment(id)}/move`, body),
  cancelAppointment: (id: string, body: CancelAppointment) =>
    post<Appointment>(`${TELEMEDICINE}appointments/${segment(id)}/cancel`, body),
  missAppointment: (id: string) =>
    post<Appointment>(`${TELEMEDICINE}appointments/${segment(id)}/no-show`),
  restoreAppointment: (id: string) =>
    post<Appointment>(`${TELEMEDICINE}appointments/${segment(id)}/restore`),
  waiting: () => request<WaitingList>(`${TELEMEDICINE}waiting-room`),
  wait: (id: string) => post<WaitingPlace>(`${TELEMEDICINE}waiting-room/${segment(id)}`),
  stopWaiting: (id: string) => remove<void>(`${TELEMEDICINE}waiting-room/${segment(id)}`),
  sayToWaiting: (id: string, line: string) =>
    post<void>(`${TELEMEDICINE}waiting-room/${segment(id)}/line`, { line }),
  guestLinks: (id: string) =>
    request<GuestLinkList>(`${TELEMEDICINE}appointments/${segment(id)}/links`),
  makeGuestLink: (id: string, body: MakeGuestLink) =>
    post<GuestLink>(`${TELEMEDICINE}appointments/${segment(id)}/links`, body),
  revokeGuestLink: (id: string, linkId: string) =>
    remove<GuestLinkRevoked>(`${TELEMEDICINE}appointments/${segment(id)}/links/${segment(linkId)}`),
  calendarFeed: () => request<Feed>(`${TELEMEDICINE}calendar-feed`),
  openCalendarFeed: (body: OpenFeed) => post<OpenedFeed>(`${TELEMEDICINE}calendar-feed`, body),
  closeCalendarFeed: () => remove<void>(`${TELEMEDICINE}calendar-feed`),

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
  recordingExports: () => request<RecordingExportList>(`${TELEMEDICINE}recording-exports`),
  askForExport: (id: string, body: AskForExport) =>
    post<RecordingExport>(`${TELEMEDICINE}recordings/${segment(id)}/exports`, body),
  cancelExport: (id: string) =>
    post<RecordingExport>(`${TELEMEDICINE}recording-exports/${segment(id)}/cancel`),
  /** A link, not a request: the browser downloads it. */
  exportUrl: (id: string) => `/api/v1/${TELEMEDICINE}recording-exports/${segment(id)}/download`,
  recordingUnlocks: () => request<RecordingUnlockList>(`${TELEMEDICINE}recording-unlocks`),
  askToOpen: (id: string, body: OpenPlayback) =>
    post<RecordingUnlock>(`${TELEMEDICINE}recordings/${segment(id)}/unlocks`, body),
  approveUnlock: (id: string) =>
    post<RecordingUnlock>(`${TELEMEDICINE}recording-unlocks/${segment(id)}/approve`),
  refuseUnlock: (id: string, reason: string) =>
    post<RecordingUnlock>(`${TELEMEDICINE}recording-unlocks/${segment(id)}/refuse`, { reason }),
  /** Withdraw a request, or take an approval back. */
  endUnlock: (id: string) =>
    post<RecordingUnlock>(`${TELEMEDICINE}recording-unlocks/${segment(id)}/end`),
  breakGlass: (roomId: string, body: BreakGlass) =>
    post<EmergencyPlayback>(`${TELEMEDICINE}calls/${segment(roomId)}/break-glass`, body),
  accesses: () => request<BreakGlassList>(`${TELEMEDICINE}break-glass`),
  reviewAccess: (id: string, justified: boolean, note: string | null) =>
    post<BreakGlassAccess>(`${TELEMEDICINE}break-glass/${segment(id)}/review`, { justified, note }),
  recordings: (asked: RecordingFilter, cursor: string | null) =>
    request<RecordingList>(`${TELEMEDICINE}recordings${query({ ...asked, cursor })}`),
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
  takeStill: (id: string, body: TakeStill) =>
    post<Still>(`${TELEMEDICINE}recordings/${segment(id)}/stills`, body),
  tellKeyOpened: (id: string, body: TellKeyOpened) =>
    post<void>(`${TELEMEDICINE}recordings/${segment(id)}/key-opened`, body),
  tellDamage: (id: string, body: TellDamage) =>
    post<void>(`${TELEMEDICINE}recordings/${segment(id)}/damage`, body),
  /**
   * A link, not a request: the browser downloads it, the server writes that to the audit log first.
   */
  downloadUrl: (id: string, partId: string, playbackId: string) =>
    `/api/v1/${TELEMEDICINE}recordings/${segment(id)}/parts/${segment(partId)}/download${query({ playback: playbackId })}`,

  audit: (asked: AuditQuery, cursor: string | null) =>
    request<AuditPage>(`${TELEMEDICINE}audit${query({ ...asked, cursor })}`),
  auditStatus: () => request<AuditStatus>(`${TELEMEDICINE}audit/status`),
  auditPeople: (name: string, role?: AuditPerson["role"]) =>
    request<AuditPeople>(`${TELEMEDICINE}audit/people${query({ name, role })}`),
  /** Links, not requests: the browser downloads them. */
  auditExportUrl: (asked: AuditQuery, form: AuditForm) =>
    `/api/v1/${TELEMEDICINE}audit/export${query({ ...asked, form })}`,
  auditProofUrl: (row: number) => `/api/v1/${TELEMEDICINE}audit/${row}/proof`,

  liveRooms: (signal?: AbortSignal) =>
    request<RelayStatistics>(`${TELEMEDICINE}ops/rooms`, signal ? { signal } : {}),
};
