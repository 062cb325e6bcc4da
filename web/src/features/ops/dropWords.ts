/**
 * Why a datagram was not processed, in words: the server's own, so that they are found again in
 * /metrics.
 */
export const dropWords = (reason: string): string => reason.replaceAll("_", " ");
