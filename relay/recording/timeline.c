#include "timeline.h"

#include <math.h>
#include <string.h>

/* All in seconds. Browsers' clocks drift by less than 100 ppm, that is 3 ms in this time. */
static const double WINDOW = 30;
/* Of a media clock against NTP's, as a fraction; two early reports could tell anything. */
static const double MAX_SKEW = 0.001;
/* Both times of a report are read at one instant: a larger step is a clock that was set. */
static const double JUMP = 0.05;
/* A timestamp so far ahead of its arrival is the stream's own doing, not a better guess. */
static const double LEAP = 0.5;
/* Between capture and arrival; more is a sender's clock that cannot be true. */
static const double MAX_DELAY = 15;
static const double NTP_SECOND = 4294967296.0;

/* --- the smallest delay --- */

void smallest_delay_open(struct smallest_delay *self, double window) {
    *self = (struct smallest_delay){
        .window = window, .since = NAN, .current = INFINITY, .previous = INFINITY};
}

void smallest_delay_observe(struct smallest_delay *self, double sample, double now) {
    if (isnan(self->since)) self->since = now;
    if (now - self->since >= self->window) {
        self->since = now;
        self->previous = self->current;
        self->current = INFINITY;
    }
    if (sample < self->current) self->current = sample;
}

void smallest_delay_move(struct smallest_delay *self, double by) {
    self->current += by;
    self->previous += by;
}

double smallest_delay_value(const struct smallest_delay *self) {
    return self->current < self->previous ? self->current : self->previous;
}

/* --- the sender's clock --- */

void sender_clock_open(struct sender_clock *self) {
    smallest_delay_open(&self->delay, WINDOW);
    self->doubted = false;
}

/* A report of `ntp` arrived; `jumped` tells that the stream saw the clock being set. After a
 * standstill of the whole device it is the report that tells whether the clock stood still, too. */
static void sender_clock_report(struct sender_clock *self, double ntp, double arrival,
                                bool jumped) {
    double sample = arrival - ntp;
    if ((jumped || self->doubted) && fabs(sample - smallest_delay_value(&self->delay)) > JUMP)
        smallest_delay_open(&self->delay, WINDOW);
    smallest_delay_observe(&self->delay, sample, arrival);
    self->doubted = false;
}

/* --- the line --- */

void timeline_open(struct timeline *self, double rate, struct sender_clock *sender) {
    *self = (struct timeline){.rate = rate, .sender = sender};
    smallest_delay_open(&self->delay, WINDOW);
}

int64_t timeline_unwrap(struct timeline *self, uint32_t timestamp) {
    const int64_t half = INT64_C(1) << 31;
    if (self->known)
        self->last += (int64_t)(uint32_t)(timestamp - (uint32_t)self->last + (uint32_t)half) - half;
    else
        self->last = timestamp;
    self->known = true;
    return self->last;
}

/* The least squares line through the reports. */
static struct line regression(const struct timeline *self) {
    const struct sender_report *first = self->reports;
    double count = self->report_count, mean_tick = 0, mean_time = 0, spread = 0, covariance = 0;
    for (unsigned i = 0; i < self->report_count; i++) {
        mean_tick += (double)(self->reports[i].timestamp - first->timestamp);
        mean_time += self->reports[i].ntp - first->ntp;
    }
    mean_tick /= count;
    mean_time /= count;
    for (unsigned i = 0; i < self->report_count; i++) {
        double tick = (double)(self->reports[i].timestamp - first->timestamp) - mean_tick;
        spread += tick * tick;
        covariance += tick * (self->reports[i].ntp - first->ntp - mean_time);
    }
    double slope = spread > 0 ? covariance / spread * self->rate : 1;
    slope = fmin(fmax(slope, 1 - MAX_SKEW), 1 + MAX_SKEW) / self->rate;
    return (struct line){first->timestamp, first->ntp + mean_time - mean_tick * slope, slope};
}

static double ntp_at(const struct line *line, int64_t timestamp) {
    return line->ntp + (double)(timestamp - line->timestamp) * line->slope;
}

static void add_report(struct timeline *self, struct sender_report report) {
    if (self->report_count == MAX_REPORTS)
        memmove(self->reports, self->reports + 1, --self->report_count * sizeof *self->reports);
    self->reports[self->report_count++] = report;
}

void timeline_report(struct timeline *self, uint64_t ntp_time, int64_t timestamp, double arrival) {
    double ntp = (double)ntp_time / NTP_SECOND;
    struct line before = self->report_count ? regression(self) : (struct line){0};
    bool jumped = self->report_count && fabs(ntp - ntp_at(&before, timestamp)) > JUMP;
    if (jumped) self->report_count = 0;
    add_report(self, (struct sender_report){timestamp, ntp});
    sender_clock_report(self->sender, ntp, arrival, jumped);
    self->line = regression(self);
    self->lined = true;
    self->moved = 0;
}

void timeline_move(struct timeline *self, double by) {
    smallest_delay_move(&self->delay, by);
    self->moved += by;
    self->report_count = 0;
    self->sender->doubted = true;
}

static double on_line(struct timeline *self, int64_t timestamp, double arrival) {
    struct smallest_delay *sender = &self->sender->delay;
    double ntp = ntp_at(&self->line, timestamp) + self->moved,
           offset = smallest_delay_value(sender);
    if (ntp + offset > arrival + LEAP) {
        self->report_count = 0;
        self->moved += arrival - ntp - offset;
        return arrival;
    }
    if (ntp + offset > arrival)
        smallest_delay_observe(sender, arrival - ntp, arrival); /* all reports were slower */
    return ntp + smallest_delay_value(sender);
}

double timeline_capture_time(struct timeline *self, int64_t timestamp, double arrival) {
    smallest_delay_observe(&self->delay, arrival - (double)timestamp / self->rate, arrival);
    double captured = self->lined
                          ? on_line(self, timestamp, arrival)
                          : (double)timestamp / self->rate + smallest_delay_value(&self->delay);
    return fmin(fmax(captured, arrival - MAX_DELAY), arrival);
}
