/* The least a relay can do: recvmmsg, unprotect, protect for each subscriber, sendmmsg. No ICE, no
 * rewriting, no RTCP. What a real relay costs beyond this is what its features cost. Called by
 * floor.py. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BATCH = 64, PACKET = 2048, MAX_SUBSCRIBERS = 64 };

struct srtp {
    int (*protect)(void *session, void *packet, int *length);
    int (*unprotect)(void *session, void *packet, int *length);
};

struct party {
    void *receive, *send;
    struct sockaddr_in address;
    struct party *subscribers[MAX_SUBSCRIBERS];
    int subscriber_count;
};

static struct party *parties_by_port[65536];
static uint8_t incoming[BATCH][PACKET], outgoing[BATCH][PACKET];
static struct sockaddr_in sources[BATCH];
static struct iovec received_vectors[BATCH], sent_vectors[BATCH];
static struct mmsghdr received[BATCH], sent[BATCH];
static int ready;

/* A party's sessions must live as long as the process. */
struct party *floor_new_party(const char *host, int port, void *receive, void *send) {
    struct party *party = calloc(1, sizeof *party);
    if (!party) return NULL;
    *party = (struct party){.receive = receive, .send = send};
    party->address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, host, &party->address.sin_addr);
    return party;
}

int floor_subscribe(struct party *publisher, struct party *subscriber) {
    if (publisher->subscriber_count == MAX_SUBSCRIBERS) return -1;
    publisher->subscribers[publisher->subscriber_count++] = subscriber;
    return 0;
}

/* After its subscribers are known; from any thread. */
void floor_admit(struct party *party) {
    __atomic_store_n(&parties_by_port[ntohs(party->address.sin_port)], party, __ATOMIC_RELEASE);
}

static void flush(int fd) {
    for (int done = 0; done < ready;) {
        int now = sendmmsg(fd, sent + done, (unsigned)(ready - done), 0);
        if (now <= 0) break;
        done += now;
    }
    ready = 0;
}

static void send_copy(const struct srtp *srtp, int fd, struct party *to, const uint8_t *packet,
                      int length) {
    memcpy(outgoing[ready], packet, (size_t)length);
    if (srtp->protect(to->send, outgoing[ready], &length) != 0) return;
    sent_vectors[ready] = (struct iovec){outgoing[ready], (size_t)length};
    sent[ready].msg_hdr = (struct msghdr){.msg_name = &to->address,
                                          .msg_namelen = sizeof to->address,
                                          .msg_iov = &sent_vectors[ready],
                                          .msg_iovlen = 1};
    if (++ready == BATCH) flush(fd);
}

static void relay(const struct srtp *srtp, int fd, int place) {
    struct party *from =
        __atomic_load_n(&parties_by_port[ntohs(sources[place].sin_port)], __ATOMIC_ACQUIRE);
    uint8_t *packet = incoming[place];
    int length = (int)received[place].msg_len;
    if (!from || length < 12 || packet[0] < 128 || (packet[1] >= 192 && packet[1] <= 223)) return;
    if (srtp->unprotect(from->receive, packet, &length) != 0) return;
    for (int i = 0; i < from->subscriber_count; i++)
        send_copy(srtp, fd, from->subscribers[i], packet, length);
}

/* Until the process ends or the socket fails. */
void floor_run(const struct srtp *srtp, int fd) {
    for (int count = 0; count >= 0;) {
        for (int i = 0; i < BATCH; i++) {
            received_vectors[i] = (struct iovec){incoming[i], PACKET};
            received[i].msg_hdr = (struct msghdr){.msg_name = &sources[i],
                                                  .msg_namelen = sizeof sources[i],
                                                  .msg_iov = &received_vectors[i],
                                                  .msg_iovlen = 1};
        }
        count = recvmmsg(fd, received, BATCH, MSG_WAITFORONE, NULL);
        for (int i = 0; i < count; i++) relay(srtp, fd, i);
        flush(fd);
    }
}
