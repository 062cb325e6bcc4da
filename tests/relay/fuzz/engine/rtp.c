/* RTP parsing, RTX restoring and keyframe detection over any bytes. */
#include <stdlib.h>
#include <string.h>

#include "keyframe.h"
#include "packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct packet packet = {0};
    uint8_t *copy = malloc(size ? size : 1); /* of its exact size: one octet too far shows */
    memcpy(copy, data, size);
    if (packet_parse(&packet, copy, size)) {
        size_t length = packet_payload_length(&packet);
        if (packet.payload_at + length > size) abort();
        starts_keyframe(CODING_VP8, copy + packet.payload_at, length);
        starts_keyframe(CODING_H264, copy + packet.payload_at, length);
        for (uint8_t id = 0; id < 16; id++) {
            const struct extension *element = packet_extension(&packet, id);
            if (element && (!id || (size_t)element->at + element->length > size)) abort();
        }
        struct packet again;
        if (packet_restore(&packet, 96, 1) && !packet_parse(&again, packet.data, packet.length))
            abort();
    }
    free(copy);
    return 0;
}
