/* How fast a publisher may send: no faster than its slowest subscriber can take.
 *
 * A browser's REMB is not just what it can take: it grows by 8 % a second and never beyond 1.5
 * times what comes in, so a publisher bound to it from the start stays at 150 kbit/s for half a
 * minute (measured). What it does tell is congestion: then it falls, or stays below the rate that
 * comes in. From then on the publisher is bound, until nothing has been congested for a while.
 *
 * And it is silent about a link that is too narrow by half: once the router's queue is full, delay
 * no longer grows, and REMB stays at 900 kbit/s on a link of 300 while every second packet is lost
 * (measured). There loss is all that tells, and the way up is felt for, whatever REMB says. */
#ifndef CARELAY_BANDWIDTH_H
#define CARELAY_BANDWIDTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A picture below this is of no use, and a starved subscriber's estimator recovers slowly. */
enum { FLOOR_BPS = 150000 };

/* What one subscriber can take of video; nothing binds it unless `bound`. */
struct budget {
    bool bound, narrow;
    uint64_t bps, estimate;
    double rose_at, congested_at, grown_at;
    double loss; /* of the last stretch */
};

void budget_open(struct budget *budget);

/* A REMB came while `sent_bps` of video went out. */
void budget_estimated(struct budget *budget, uint64_t estimate_bps, uint64_t sent_bps, double now);

/* A stretch of video arrived with this loss: much of it is congestion, whatever the estimate says.
 * One bad stretch may be a short outage; from the second on only what arrives is sent. */
void budget_lost(struct budget *budget, double fraction, uint64_t sent_bps, double now);

/* What of a stream is lost on a subscriber's own way, over stretches long enough to mean something:
 * browsers report as often as every 100 ms, and with 5 packets between two reports one loss looks
 * like 20 %. A report counts as lost what the publisher's way has lost, too: only what was sent
 * can be lost here. */
struct loss_window {
    bool started, known;
    double at;
    int64_t received, sent;
    double fraction; /* of the last complete stretch, if `known` */
};

/* How many packets the subscriber has received, of how many that were sent to it by then; both
 * counted from any number on. True once a stretch is complete. */
bool loss_window_reported(struct loss_window *window, int64_t received, int64_t sent, double now);

/* Decides when a publisher is told its cap: at once when it falls by 3 %, otherwise each second. */
struct cap_messages {
    bool told;
    uint64_t bps;
    double at; /* -INFINITY at first */
};

/* True when `bps` is to be sent now; it then counts as told. */
bool cap_due(struct cap_messages *cap, uint64_t bps, double now);

/* What one track may bring, whoever sends it: several times what a browser does that keeps to its
 * cap, retransmissions and probes of the path included, but an end to what fills disks and
 * networks. */
struct ingress {
    bool started;
    double tokens, at; /* octets, and since when */
};

double ingress_limit(bool video, uint64_t max_video_bps); /* bits per second */

/* Whether a packet that came at `arrival` is within the limit; it then counts. */
bool ingress_admits(struct ingress *ingress, double limit_bps, size_t length, double arrival);

/* Bytes per second of one track: count bytes, call `rate_update` now and then. */
struct rate {
    uint64_t count;
    uint64_t bps; /* of the last full second or more */
    bool started;
    double since;
    uint64_t before;
};

void rate_update(struct rate *rate, double now);

#endif
