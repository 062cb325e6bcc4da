/* Stands in for libFuzzer where there is none: mutates the files of a folder at random for some seconds.
 *
 *     program -max_total_time=SECONDS [-seed=NUMBER] FOLDER
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_INPUT = 4096, MAX_SEEDS = 512 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct seed {
    size_t size;
    uint8_t data[MAX_INPUT];
} seeds[MAX_SEEDS];
static unsigned seed_count;
static uint64_t state = 1;

static unsigned chance(unsigned below) { /* xorshift64 */
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % below;
}

static void read_folder(const char *path) {
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder)) && seed_count < MAX_SEEDS;) {
        char name[4096];
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        FILE *file = entry->d_name[0] == '.' ? NULL : fopen(name, "rb");
        if (!file) continue;
        seeds[seed_count].size = fread(seeds[seed_count].data, 1, MAX_INPUT, file);
        seed_count++;
        fclose(file);
    }
    if (folder) closedir(folder);
}

static void mutate(struct seed *input) {
    for (unsigned times = 1 + chance(8); times && input->size; times--) {
        size_t at = chance((unsigned)input->size);
        switch (chance(6)) {
        case 0: input->data[at] ^= (uint8_t)(1u << chance(8)); break;
        case 1: input->data[at] = (uint8_t)chance(256); break;
        case 2: input->data[at] = chance(2) ? 0xff : 0; break;
        case 3: input->size = at + 1; break;
        case 4: memmove(input->data, input->data + at, input->size -= at); break;
        default: /* the end of another input */
            if (input->size + 256 < MAX_INPUT) {
                const struct seed *other = &seeds[chance(seed_count)];
                size_t size = other->size < 256 ? other->size : 256;
                memcpy(input->data + input->size, other->data, size);
                input->size += size;
            }
        }
    }
}

int main(int count, char **arguments) {
    long seconds = 1;
    for (int i = 1; i < count; i++) {
        if (sscanf(arguments[i], "-max_total_time=%ld", &seconds) == 1) continue;
        if (sscanf(arguments[i], "-seed=%lu", &state) == 1) continue;
        if (arguments[i][0] != '-') read_folder(arguments[i]);
    }
    if (!seed_count) seeds[seed_count++].size = 64;
    unsigned long runs = 0;
    for (time_t end = time(NULL) + seconds; time(NULL) < end;)
        for (int i = 0; i < 500; i++, runs++) {
            static struct seed input;
            input = seeds[chance(seed_count)];
            if (runs >= seed_count) mutate(&input);
            LLVMFuzzerTestOneInput(input.data, input.size);
        }
    fprintf(stderr, "%lu runs\n", runs);
    return 0;
}
