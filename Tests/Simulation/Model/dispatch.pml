/*
 * How an installation gets from the queue onto a host, and what becomes of it when workers die or
 * sleep, leases run out and somebody pauses: 2 workers, 3 hosts. Checked exhaustively by
 * Tests/Simulation/ModelTests.swift:
 *
 *   spin -a dispatch.pml && gcc -O2 -DSAFETY -o pan pan.c && ./pan
 *
 * What each step stands for:
 *   claim     sql/functions/claim_activities.sql: under a living lease, with the next fence
 *   intend    sql/functions/append_events.sql, the claim held (f_mode 0), with take_permit.sql:
 *             not while the rollout is halted (status 5); Orchestration/Work/PatchWork+Deployments
 *             .swift, begin
 *   confirm   Orchestration/Work/DispatchRight.swift, holds: a grant lives two seconds, then it is
 *             asked for anew; PatchWork.swift, right: only while the intent stands
 *   order     Executors and SimulatedFleet/Hosts/SimulatedHost+Perform.swift: the host refuses a
 *             fence below the highest that it has seen, and a step that it has on record
 *   settle    append_events.sql, f_mode 1: only with the claim held under a living lease (status 4)
 *   probe     DeploymentDeciding+Results.swift: raises the host's fence, then asks for its record
 *   rescue    Orchestration/Running/LeaseRescuer.swift, append_events.sql, f_mode 2: only when the
 *             lease has run out; DeploymentDeciding.swift, loseLease: an intent becomes a doubt
 *   pause     RolloutDecider.swift, control: halts in its own commit, and is acknowledged after it
 *
 * Two seconds are an epoch: the time comes when no grant from before a pause is fresh any more
 * (`late`), and from then on nothing may begin.
 *
 * A death or a stop is the same to everybody else: the lease runs out (`Time`). A worker that is
 * dead begins again at the top; one that was stopped goes on from where it was, even right between
 * its last look at the clock and the order. Against that no clock helps, and I6 does not promise it:
 * there the host's record and its fence are what holds I4 and I5.
 *
 * MUTATION, 1 and up, plants a mistake each that must be found; 0 is the protocol.
 */

#ifndef MUTATION
#define MUTATION 0
#endif
#ifndef HOSTS
#define HOSTS 3
#endif
#define WORKERS 2
/* Leases that run out, and pauses, in one run. */
#ifndef LOSSES
#define LOSSES 2
#endif
#define PAUSES 1

mtype = { queued, intended, doubtful, done };   /* a deployment, by what it waits for */
mtype = { nothing, running, finished };         /* the host's record of an attempt */

/* The database: one deployment a host. */
mtype phase[HOSTS] = queued;
byte claim[HOSTS];        /* the fence of the claim on its activity; 0 when nobody holds it */
byte holder[HOSTS];       /* the worker of that claim */
bool orphan[HOSTS];       /* that worker's lease has run out */
byte attempt[HOSTS];      /* counts from 0 */
byte fence[HOSTS];        /* the last one that was given out; only those of one host are compared */
bool halted;

/* Whether somebody was told that it is paused, and two seconds have gone by since. */
bool late;

/* The workers. */
bool fresh[WORKERS];      /* the grant is not yet two seconds old */

/* The hosts. */
mtype record[HOSTS] = nothing;
byte recorded[HOSTS];     /* the attempt that the record is of */
byte seen[HOSTS];         /* the highest fence */
byte runs[HOSTS];         /* commands that run now */

byte losses;
byte pauses;

#define HOLDS(h, f) (claim[h] == f && !orphan[h])
#define LOST(h, f) (claim[h] != f || orphan[h])
/* What is halted is claimed as well, given back at once, and claimed again later: of that, the last. */
#define CLAIMABLE(h) \
    (claim[h] == 0 && ((phase[h] == queued && !halted) || phase[h] == doubtful))

/* The host takes the order, or refuses it. `slept`: it comes from a worker that was stopped between
 * its last look at the clock and the order. */
inline begin(h, f, a, slept) {
    if
#if MUTATION == 4
    /* Any fence will do. */
    :: record[h] == nothing || recorded[h] != a ->
#elif MUTATION == 5
    /* It keeps no record of what it ran. */
    :: f >= seen[h] ->
#else
    :: f >= seen[h] && (record[h] == nothing || recorded[h] != a) ->
#endif
        /* I4: one at a time, and none twice. */
        assert(runs[h] == 0);
        assert(record[h] == nothing || recorded[h] != a);
        /* I5: none from behind a higher fence. */
        assert(f >= seen[h]);
        /* I6 */
        assert(!late || slept);
        seen[h] = f;
        record[h] = running;
        recorded[h] = a;
        runs[h]++
    :: else -> skip
    fi
}

proctype Worker(byte w) {
    byte h, f, a;
    mtype answer = nothing;
end_idle:
    do
    /* claim: what is to be installed, or looked after */
    :: atomic {
        if
        :: CLAIMABLE(0) -> h = 0
#if HOSTS > 1
        :: CLAIMABLE(1) -> h = 1
#endif
#if HOSTS > 2
        :: CLAIMABLE(2) -> h = 2
#endif
        fi;
        fence[h]++;
        f = fence[h];
        claim[h] = f;
        holder[h] = w;
        a = attempt[h];
        if
        :: phase[h] == queued -> goto install
        :: else -> goto probe
        fi
      };

install:
      /* intend */
      atomic {
        if
#if MUTATION == 1
        /* The halt is looked at before, not where the intent commits. */
        :: HOLDS(h, f) -> phase[h] = intended; fresh[w] = true
#else
        :: HOLDS(h, f) && !halted -> phase[h] = intended; fresh[w] = true
        :: HOLDS(h, f) && halted -> claim[h] = 0; goto idle
#endif
        :: else -> goto idle
        fi
      };
order:
      /* On the way to the host any time may pass, or the worker dies. */
      if
      :: true -> skip
      :: LOST(h, f) -> goto idle
      fi;
      atomic {
        if
#if MUTATION != 2
        /* Mutation 2: a grant never ages. */
        :: !fresh[w] ->
            /* confirm */
            if
            :: HOLDS(h, f) && !halted -> fresh[w] = true
            :: HOLDS(h, f) && halted -> phase[h] = doubtful; claim[h] = 0; goto idle
            :: else -> goto idle
            fi
#endif
        :: else -> skip
        fi;
        if
        :: begin(h, f, a, false);
           /* It may come twice. */
           if
           :: begin(h, f, a, false)
           :: true -> skip
           fi
        :: losses < LOSSES -> goto stopped
        fi;
        fresh[w] = false
      };
await:
      /* It is waited for as long as the lease lives. */
      atomic {
        if
        :: record[h] == finished && recorded[h] == a && HOLDS(h, f) ->
            /* settle */
            phase[h] = done; claim[h] = 0
        :: LOST(h, f) -> skip
        fi;
        goto idle
      };

stopped:
      /* It goes on where it was, after its lease has run out. */
      atomic {
        fresh[w] = false;
        if
        :: LOST(h, f) -> begin(h, f, a, true); goto idle
        :: !LOST(h, f) && losses == LOSSES -> goto order
        fi
      };

probe:
      /* The host is asked, and hears nothing older from then on. */
      atomic {
        if
        :: f >= seen[h] ->
#if MUTATION != 6
            /* Mutation 6: a probe only looks. */
            seen[h] = f;
#endif
            if
            :: record[h] != nothing && recorded[h] == a -> answer = record[h]
            :: else -> answer = nothing
            fi
        :: else -> goto idle
        fi
      };
      atomic {
        if
        :: answer == finished && HOLDS(h, f) -> phase[h] = done; claim[h] = 0
        /* While it runs it is asked again and again. */
        :: answer == running && record[h] == finished && HOLDS(h, f) ->
            phase[h] = done; claim[h] = 0
        /* It provably never began, and never will: a new attempt. */
        :: answer == nothing && HOLDS(h, f) ->
            attempt[h]++; phase[h] = queued; claim[h] = 0
        :: LOST(h, f) -> skip
        fi
      };
idle:
      /* What is forgotten makes no difference. */
      atomic { h = 0; f = 0; a = 0; answer = nothing; fresh[w] = false }
    od
}

/* Hosts end what they have begun, whether anybody waits for it or not. */
proctype Hosts() {
    byte h;
end_quiet:
    do
    :: atomic {
        if
        :: runs[0] > 0 -> h = 0
#if HOSTS > 1
        :: runs[1] > 0 -> h = 1
#endif
#if HOSTS > 2
        :: runs[2] > 0 -> h = 2
#endif
        fi;
        runs[h]--;
        record[h] = finished
      }
    od
}

/* Leases run out while their workers are dead or asleep; grants age. */
proctype Time() {
    byte h;
end_still:
    do
    :: atomic {
        if
        :: losses < LOSSES && claim[0] != 0 && !orphan[0] -> h = 0
#if HOSTS > 1
        :: losses < LOSSES && claim[1] != 0 && !orphan[1] -> h = 1
#endif
#if HOSTS > 2
        :: losses < LOSSES && claim[2] != 0 && !orphan[2] -> h = 2
#endif
        fi;
        losses++;
        orphan[h] = true;
        /* A lease is longer than a grant. */
        fresh[holder[h]] = false;
        h = 0
      }
    :: atomic { fresh[0] -> fresh[0] = false }
    :: atomic { fresh[1] -> fresh[1] = false }
    od
}

proctype Rescuer() {
    byte h;
end_rested:
    do
    :: atomic {
        if
        :: claim[0] != 0 && orphan[0] -> h = 0
#if HOSTS > 1
        :: claim[1] != 0 && orphan[1] -> h = 1
#endif
#if HOSTS > 2
        :: claim[2] != 0 && orphan[2] -> h = 2
#endif
        fi;
        claim[h] = 0;
        orphan[h] = false;
        if
#if MUTATION == 3
        /* What was intended is simply done again. */
        :: phase[h] == intended -> attempt[h]++; phase[h] = queued
#elif MUTATION == 7
        /* Nobody looks after it. */
        :: phase[h] == intended -> skip
#else
        :: phase[h] == intended -> phase[h] = doubtful
#endif
        :: else -> skip
        fi;
        h = 0
      }
    od
}

proctype Person() {
    do
    :: atomic { pauses < PAUSES && !halted -> halted = true; pauses++ };
       /* Two seconds: every grant from before the pause has aged. */
       if
       :: atomic { true -> fresh[0] = false; fresh[1] = false; late = true }
       :: true -> skip
       fi;
       atomic { late = false; halted = false }
    :: pauses == PAUSES -> break
    :: true -> break
    od
}

/* No wedge: when nothing can happen any more, everything was installed. */
proctype Witness() {
    byte h;
    timeout;
    for (h : 0 .. HOSTS - 1) { assert(phase[h] == done) }
}

init {
    atomic {
        run Worker(0);
        run Worker(1);
        run Hosts();
        run Time();
        run Rescuer();
        run Person();
        run Witness()
    }
}
