#ifndef CALLOCATIONCOUNTER_H
#define CALLOCATIONCOUNTER_H

/// How often this process has asked for memory. Linking this target replaces malloc and its kin by ones that count.
long allocation_count(void);

#endif
