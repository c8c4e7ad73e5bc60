#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Asks for turns of so many nanoseconds for the calling thread, which stays an ordinary one of that niceness
/// (sched_setattr(2); Linux 6.12 and later, before that it changes nothing). Returns 0, or -1 and errno.
static inline int hallmark_set_turn(int32_t niceness, uint64_t nanoseconds) {
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t niceness;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } attributes = {sizeof attributes, 0, 0, niceness, 0, nanoseconds, 0, 0};
    return (int)syscall(SYS_sched_setattr, 0, &attributes, 0);
}
