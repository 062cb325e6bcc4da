/* Compounds: what was found valid can be read to its end. */
#include <stdlib.h>
#include <string.h>

#include "rtcp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t *copy = malloc(size ? size : 1);
    memcpy(copy, data, size);
    size_t offset = 0;
    if (rtcp_valid(copy, size)) {
        for (struct rtcp packet; rtcp_next(copy, size, &offset, &packet);) {
            unsigned reports = packet.type == RTCP_SR || packet.type == RTCP_RR ? packet.count : 0;
            const uint8_t *at = packet.body + (packet.type == RTCP_SR ? 24 : 4);
            for (unsigned i = 0; i < reports; i++) report_read(at + i * REPORT_SIZE);
        }
        if (offset != size) abort();
    }
    free(copy);
    return 0;
}
