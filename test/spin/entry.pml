/*
 * The tries of one entry: claim, finish, publish, lost claims, an operator. docs/model.md says what each part stands for
 * in the code, and which configurations and mutations test/spin/run.sh tries.
 *
 * The entry is its name: one number that holds every column's letter and claim, the epoch, and whether it was removed. A
 * rename is one step that compares all of it. Nobody knows more of the entry than the name that he has seen, and between
 * any two steps of one all others may do anything: so everybody is as slow as a zombie can be.
 */

#ifndef MAXEP
#define MAXEP 3	/* claims */
#endif
#ifndef NCRASH
#define NCRASH 1	/* crashes, of stage processes and sweepers */
#endif
#ifndef NLOST
#define NLOST 1	/* replies of rename and create that never arrive */
#endif
#ifndef NSUSP
#define NSUSP 1	/* times that a live process is taken for dead */
#endif
#ifndef NMISS
#define NMISS 1	/* looks that miss the entry */
#endif
#ifndef NSTALE
#define NSTALE 0	/* looks that show the name before this one, or the first one */
#endif
#ifndef NOPS
#define NOPS 1	/* commands, and renames by hand */
#endif

/* Letters. `w` stands for the digits as well, and `u` for `_`. */
#define W 0
#define P 1
#define E 2
#define C 3
#define H 4
#define F 5
#define U 6
#define S 7

/* The name: epoch (3 bits), removed (1), then of each column letter, process and epoch of its claim (3 each). */
#define EP(n) ((n) & 7)
#define REMOVED(n) (((n) >> 3) & 1)
#define L(n, c) (((n) >> (4 + 9 * (c))) & 7)
#define BY(n, c) (((n) >> (7 + 9 * (c))) & 7)
#define AT(n, c) (((n) >> (10 + 9 * (c))) & 7)
#define PUT(n, c, l, p, e) (((n) & ~(511 << (4 + 9 * (c)))) | (((l) | ((p) << 3) | ((e) << 6)) << (4 + 9 * (c))))
#define CLEAR(n, c) (((n) & ~(63 << (7 + 9 * (c)))))
#define EPOCH(n, e) (((n) & ~7) | (e))
#define BIT(e) (1 << (e))
#define DONE(l) ((l) == C || (l) == S)
#define CLAIMED(l) ((l) == P || (l) == E)
#define HAS(n, c, p, e) (CLAIMED(L(n, c)) && BY(n, c) == (p) && AT(n, c) == (e))

/* Shapes: a chain a -> b; two branches; two branches joined by a third. settle() opens `_` in the same rename. */
#ifdef JOIN
#define COLUMNS 3
#define START PUT(PUT(PUT(0, 0, W, 0, 0), 1, W, 0, 0), 2, U, 0, 0)
#define PARENTS(n, c) ((c) < 2 || (DONE(L(n, 0)) && DONE(L(n, 1))))
#define SETTLE(n) ((L(n, 2) == U && DONE(L(n, 0)) && DONE(L(n, 1))) -> PUT(n, 2, W, 0, 0) : (n))
#define BELOW(c) ((c) < 2 -> 2 : 9)
#else
#define COLUMNS 2
#ifdef FORK
#define START PUT(PUT(0, 0, W, 0, 0), 1, W, 0, 0)
#define PARENTS(n, c) true
#define SETTLE(n) (n)
#define BELOW(c) 9
#else
#define START PUT(PUT(0, 0, W, 0, 0), 1, U, 0, 0)
#define PARENTS(n, c) ((c) == 0 || DONE(L(n, 0)))
#define SETTLE(n) ((L(n, 1) == U && DONE(L(n, 0))) -> PUT(n, 1, W, 0, 0) : (n))
#define BELOW(c) ((c) == 0 -> 1 : 9)
#endif
#endif

int name = START;
#if NSTALE > 0
int older = START;
#endif

/* Files of tries, a bit an epoch, by column: logs, sidecars (with the `.left` mark), `.ok`. */
byte logs[COLUMNS];
byte sides[COLUMNS];
byte ok[COLUMNS];

/* The child that each try of the first column posts: runs that are known, and the one that is on the board. */
byte known;
byte child;

/* What no process sees; for the invariants only. */
byte won[COLUMNS];
byte fenced[COLUMNS];
byte ended[COLUMNS];
byte discarded[COLUMNS];
byte meant;	/* tries that have something to post */

/* Steps that are jobs of an engine: the pointer in the working folder, and what the job has made, by column. */
byte jobs[COLUMNS];
byte made[COLUMNS];
byte fell[COLUMNS];
byte claims;
bool turned;

/* A process's id is new for every start. */
byte starts[3];
#define ID(w) ((w) + 2 * starts[w])
#define WORKER(p) ((((p) - 1) % 2) + 1)
#define DEAD(p) ((p) != ID(WORKER(p)))

/* The lease only raises suspicion: of the living as well. */
#define SUSPECT(p) ((p) == 0 || DEAD(p) || suspicions < NSUSP)

bool begun;	/* the second process begins after the first: they are alike */
byte crashes, lost, suspicions, misses, stales, operations;

hidden byte k;

/* Every rename, by whomever, is judged. */
inline judge() {
	k = 0;
	do
	:: k < COLUMNS ->
		if
		:: L(at, k) != P && L(to, k) == P && BY(to, k) != 0 && !(REMOVED(at)) ->
			assert(turned || !(claims & BIT(AT(to, k))));	/* I2: one claim an epoch */
			claims = claims | BIT(AT(to, k))
		:: L(at, k) == P && L(to, k) == E ->
			assert(!(fenced[k] & BIT(AT(at, k))));	/* I6: one result an epoch */
			fenced[k] = fenced[k] | BIT(AT(at, k))
		:: L(at, k) == P && L(to, k) == C ->
			assert(ok[k] == 0);	/* I5: what an earlier try has left would go on being official */
			ended[k] = ended[k] | BIT(AT(at, k))
		:: L(at, k) == E && L(to, k) == C ->
			assert(ok[k] & BIT(AT(at, k)));	/* I5: `c` has the `.ok` of its epoch */
			assert((ok[k] >> (AT(at, k) + 1)) == 0);	/* I5: and it is the official one */
			ended[k] = ended[k] | BIT(AT(at, k))
		:: L(at, k) == E && L(to, k) != C && L(to, k) != E ->
			assert(false)	/* I6: an `e` only goes forward */
		:: else -> skip
		fi;
		k++
	:: else -> break
	od;
	k = 0
}

/* rename(2): compares the whole name. The reply of one that was done may be lost. */
inline rename() {
	atomic {
		if
		:: name == at ->
			d_step {
				judge();
#if NSTALE > 0
				older = name;
#endif
				name = to
			}
			if
			:: moved = 1
			:: lost < NLOST -> lost++; moved = 0
			fi
		:: else -> moved = 0
		fi
	}
}

/* moveEntry() in move.ts: after an error, a readdir of the target's folder, then of the source's. */
inline moveEntry(checkSource) {
	rename();
	if
	:: moved == 0 ->
#ifndef NO_RECONCILE
		d_step {
			if
			:: name == to -> moved = 1
			:: name == at && checkSource -> moved = 2
			:: else -> skip
			fi
		}
		if
		:: moved == 2 ->
			rename();
			if
			:: moved == 0 -> d_step { if :: name == to -> moved = 1 :: else -> skip fi }
			:: else -> skip
			fi
		:: else -> skip
		fi
#else
		skip
#endif
	:: else -> skip
	fi
}

/* locateClaim() in locate.ts. A look may miss an entry that is under rename, or show it as it was. */
#define STANDS 1
#define TAKEN 2
#define UNSEEN 3
#ifdef NO_EPOCH_SIGHT
#define OLD(n, e) false
#else
#define OLD(n, e) (EP(n) < (e))
#endif
inline locateClaim(mayMiss) {
	atomic {
		if
		:: seen = name
		:: mayMiss && misses < NMISS -> misses++; seen = -1
#if NSTALE > 0
		:: stales < NSTALE && older != name -> stales++; seen = older
		:: stales < NSTALE && name != START -> stales++; seen = START
#endif
		fi;
		d_step {
			if
			:: seen == -1 -> sight = UNSEEN
			:: seen != -1 && HAS(seen, c, id, e) -> sight = STANDS
			:: seen != -1 && !HAS(seen, c, id, e) && OLD(seen, e) -> sight = UNSEEN
			:: else -> sight = TAKEN
			fi;
			if
			:: sight == UNSEEN -> seen = 0
			:: else -> skip
			fi
		}
	}
}

#ifdef NO_KNOWN
#define UNKNOWN(e) true
#else
#define UNKNOWN(e) !(known & BIT(e))
#endif
/* ChildPosting in child-posting.ts. A post with a fixed time: one step, known or made. */
inline postChildren(e) {
	d_step { todo = (c == 0 && !(ok[0] & BIT(e))) };
	if
	:: todo ->
		d_step {
			if
			:: child != 0 && child < e -> child = 0	/* superseded */
			:: else -> skip
			fi
		}
		d_step {
			if
			:: (sides[0] & BIT(e)) && child <= e && UNKNOWN(e) ->
				assert(fenced[0] & BIT(e));	/* I6: children only after the fence */
				assert(!(known & BIT(e)));	/* children once */
				known = known | BIT(e);
				child = e
			:: else -> skip
			fi;
			todo = 0
		}
	:: else -> skip
	fi
}

/* markPublished() in tries.ts: exclusive create, and one that exists is success. */
inline markPublished(e) {
	d_step {
		assert(fenced[c] & BIT(e));	/* I6: nothing is official before its fence */
		assert(!(discarded[c] & BIT(e)));	/* I6: nor what was taken away */
		assert(c != 0 || !(meant & BIT(e)) || (known & BIT(e)));	/* children before the `.ok` */
		ok[c] = ok[c] | BIT(e)
	}
}

/* finishForward() in forward.ts, by whoever finds an `e`. `todo` is 0 afterwards; `moved` says how it ended. */
inline finishForward() {
	postChildren(AT(at, c));
	markPublished(AT(at, c));
	to = SETTLE(PUT(at, c, C, 0, 0));
	moveEntry(true)
}

/* takeOver() in adopting.ts: a job of a process that is taken for dead; without a pointer its claim is a lost claim. */
#define ADOPTABLE(c) (!REMOVED(name) && L(name, c) == P && BY(name, c) != 0 && BY(name, c) != id && \
	SUSPECT(BY(name, c)) && (jobs[c] & BIT(AT(name, c))))

#if defined(ADOPT) && !defined(NO_LET_GO)
#define TAKEN_IS && !(CLAIMED(L(seen, c)) && AT(seen, c) == e)
#else
#define TAKEN_IS
#endif

#define MAY_CRASH if :: skip :: crashes < NCRASH -> crashes++; goto crash fi

/* A stage process with one slot that serves every stage: claim.ts, finish.ts, finisher.ts. */
proctype StageProcess(byte me) {
	int at, to, seen;
	byte c, e, id, sight, moved, todo, used;
	bool leaves, left, fails, again, later;

end_begin:
	me == 1 || begun;

idle:
	at = 0;
	d_step {
		id = ID(me);
		to = 0; seen = 0; c = 0; e = 0; sight = 0; moved = 0; todo = 0; used = 0;
		leaves = false; left = false; fails = false; again = false; later = false
	}
end_idle:
	atomic {
		if
		:: !REMOVED(name) && EP(name) < MAXEP && L(name, 0) == W -> c = 0
		:: !REMOVED(name) && EP(name) < MAXEP && L(name, 1) == W && PARENTS(name, 1) -> c = 1
#ifdef JOIN
		:: !REMOVED(name) && EP(name) < MAXEP && L(name, 2) == W && PARENTS(name, 2) -> c = 2
#endif
#ifndef NO_GIVE_BACK
		:: !REMOVED(name) && CLAIMED(L(name, 0)) && BY(name, 0) == id -> c = 0; goto own
		:: !REMOVED(name) && CLAIMED(L(name, 1)) && BY(name, 1) == id -> c = 1; goto own
#ifdef JOIN
		:: !REMOVED(name) && CLAIMED(L(name, 2)) && BY(name, 2) == id -> c = 2; goto own
#endif
#endif
#ifdef ADOPT
		:: ADOPTABLE(0) -> c = 0; at = name; goto adopt
		:: ADOPTABLE(1) -> c = 1; at = name; goto adopt
#endif
		fi;
		begun = true;
		at = name;
#ifdef NO_EPOCH
		e = (EP(at) == 0 -> 1 : EP(at))
#else
		e = EP(at) + 1
#endif
	}
	/* claim(): the epoch rises in the same rename. */
	to = EPOCH(PUT(at, c, P, id, e), e);
	moveEntry(false);
	if
	:: moved == 0 -> goto idle
	:: else -> d_step { at = to; to = 0; moved = 0 }
	fi;
	MAY_CRASH;
	/* judge(): opens the entry; under another name by now, it looks for its claim. */
	if
	:: d_step { name == at -> skip }
	:: d_step { name != at -> skip };
		locateClaim(true);
		if
		:: sight == STANDS -> d_step { at = seen; to = 0; seen = 0; sight = 0 }
		:: else -> goto idle	/* lost; if the claim stands all the same, it is given back */
		fi
	fi;
	/* prepare(): usedEpochs() lists logs and products, then epochNow(), then the log is created exclusively. */
	d_step {
		used = logs[0] | logs[1] | sides[0] | sides[1];
		left = (sides[0] | sides[1]) != 0;
		later = ((logs[c] | sides[c]) >> (e + 1)) != 0;	/* of this very stage */
#ifdef JOIN
		used = used | logs[2] | sides[2];
		left = left || sides[2] != 0
#endif
	}
	if
	:: (used >> e) == 0 -> todo = 1
#ifdef NO_LATER
	:: (used & BIT(e)) -> todo = 0
#else
	:: (used & BIT(e)) || (later && (used >> e) != 0) -> todo = 0
#endif
	:: else ->
		locateClaim(true);
		d_step {
			if
			:: sight == UNSEEN -> todo = (used >> (EP(at) + 1)) == 0
			:: else -> todo = (used >> (EP(seen) + 1)) == 0
			fi;
			sight = 0;
			seen = 0
		}
	fi;
	later = false;
#ifdef NO_USED_EPOCHS
	todo = 1;
#endif
	atomic {
		if
#ifdef LOG_NOT_EXCLUSIVE
		:: todo ->
#else
		:: todo && !(logs[c] & BIT(e)) ->
#endif
			logs[c] = logs[c] | BIT(e);
			if
			:: true
			:: lost < NLOST -> lost++; todo = 0	/* its own, and says EEXIST */
			fi
		:: else -> todo = 0
		fi
	}
	if
	:: !todo ->
		/* withdraw(): give back, with the epoch raised past what is known. */
		d_step {
			if
			:: (used >> (e + 1)) == 0 -> used = e
			:: (used >> (e + 2)) == 0 -> used = e + 1
			:: (used >> (e + 3)) == 0 -> used = e + 2
			:: else -> used = 7
			fi
		}
		do
		:: to = EPOCH(PUT(at, c, W, 0, 0), (EP(at) > used -> EP(at) : used));
			moveEntry(true);
			if
			:: moved == 1 -> goto idle
			:: else -> skip
			fi;
			locateClaim(true);
			if
			:: sight == STANDS -> d_step { at = seen; to = 0; seen = 0; sight = 0 }
			:: else -> goto idle
			fi
		od
	:: else -> skip
	fi;
	d_step {
		assert(!(won[c] & BIT(e)));	/* I3: no epoch of a stage is used twice; with I2: nor of an entry */
		won[c] = won[c] | BIT(e);
		used = 0; todo = 0
	}
	/* The step runs, for as long as it takes. */
	MAY_CRASH;
	if
	:: c == 0 -> leaves = true; meant = meant | BIT(e)
	:: leaves = false
#ifdef FAILS
	:: fails = true
#endif
	fi;
#ifdef ADOPT
	/* It is a job: it goes on whoever dies, and what it makes is the same for whoever ends it. */
	d_step {
		jobs[c] = jobs[c] | BIT(e);
		if
		:: leaves -> made[c] = made[c] | BIT(e)
		:: else -> skip
		fi;
		if
		:: fails -> fell[c] = fell[c] | BIT(e)
		:: else -> skip
		fi
	}
	MAY_CRASH;
ending:
#endif
	/* finish() */
#ifndef SIDECARS_LATE
	if
	:: leaves -> d_step { sides[c] = sides[c] | BIT(e) }; MAY_CRASH
	:: else -> skip
	fi;
#endif
	/* leavesSomething(): an earlier try of the stage has an `.ok` that would go on counting. */
#ifndef NO_LATER_OK
	d_step { leaves = !fails && (leaves || (left && (ok[c] & (BIT(e) - 1)) != 0)) };
#endif
	do
	::
		if
		:: L(at, c) == E && !fails ->
#ifdef OK_LATE
			to = SETTLE(PUT(at, c, C, 0, 0));
			moveEntry(true);
			postChildren(e);
			markPublished(e);
#else
			postChildren(e);
			MAY_CRASH;
			markPublished(e);
			MAY_CRASH;
			to = SETTLE(PUT(at, c, C, 0, 0));
			moveEntry(true);
#endif
			if
			:: moved == 1 -> goto finished
			:: else -> skip
			fi
		:: fails ->
			to = PUT(at, c, F, 0, 0);
			moveEntry(true);
			if
			:: moved == 1 -> goto idle
			:: else -> skip
			fi
		:: !(L(at, c) == E) && !fails && leaves ->
#ifdef NO_FENCE
			postChildren(e);
			markPublished(e);
			to = SETTLE(PUT(at, c, C, 0, 0));
			moveEntry(true);
			if
			:: moved == 1 -> goto finished
			:: else -> skip
			fi
#else
			to = PUT(at, c, E, id, e);
			moveEntry(true);
			if
			:: moved == 1 ->
				d_step { at = to; to = 0; moved = 2 };
				MAY_CRASH;
#ifdef SIDECARS_LATE
				d_step { sides[c] = sides[c] | BIT(e) };
#endif
				skip
			:: else -> skip
			fi
#endif
		:: !(L(at, c) == E) && !fails && !leaves ->
			to = SETTLE(PUT(at, c, C, 0, 0));
			moveEntry(true);
			if
			:: moved == 1 -> goto finished
			:: else -> skip
			fi
		fi;
		if
		:: moved == 2 -> moved = 0
		:: else ->
			/* elsewhere(): where the claim stands now, or what that it is gone means. */
#ifdef WHOLE_NAME
			goto discard;
#endif
			locateClaim(!again);
			if
			:: sight == STANDS -> d_step { at = seen; seen = 0; sight = 0; again = false }
			:: sight == UNSEEN ->
				/* The result is kept until a look more than a lease later agrees: that one is right. */
#ifdef NO_SECOND_LOOK
				goto discard;
#endif
				d_step { again = true; sight = 0 }
#ifdef ADOPT
#ifndef NO_LET_GO
			:: sight == TAKEN && CLAIMED(L(seen, c)) && AT(seen, c) == e ->
				/* isAdopted(): the very try is another's. */
				goto idle
#endif
#endif
			:: sight == TAKEN TAKEN_IS ->
				/* wasMine() */
#ifndef NO_WAS_MINE
				d_step {
					todo = !fails && (((leaves || L(at, c) == E) && (ok[c] & BIT(e))) ||
						(!leaves && L(seen, c) == C && (logs[c] >> (e + 1)) == 0))
				}
#endif
				if
				:: todo -> goto finished
				:: else -> goto discard
				fi
			fi
		fi
	od;

finished:
	to = 0;
	d_step { assert(turned || (ended[c] & BIT(e))) };	/* nothing counts as done that was not */
	goto idle;
discard:
	to = 0;
	d_step {
		assert(!HAS(name, c, id, e));	/* no result is discarded whose claim stands */
		assert(!(ok[c] & BIT(e)));	/* I6: no result is discarded that is official */
		assert(!(ended[c] & BIT(e)) || L(name, c) != C || (logs[c] >> (e + 1)) != 0);	/* nor one that counts */
		discarded[c] = discarded[c] | BIT(e)
	}
	goto idle;

#ifdef ADOPT
adopt:
	to = 0;
	d_step {
		e = AT(at, c);
		to = PUT(at, c, P, id, e);
		if
		:: !DEAD(BY(at, c)) -> suspicions++
		:: else -> skip
		fi
	}
	moveEntry(false);
	if
	:: moved == 0 -> goto idle
	:: else -> skip
	fi;
	d_step {
		at = to; to = 0; moved = 0;
		leaves = (made[c] & BIT(e)) != 0;
		fails = (fell[c] & BIT(e)) != 0;
		left = true	/* adopt() in board/adopt.ts: all is looked for */
	}
	MAY_CRASH;
	goto ending;
#endif

own:
	/* sweepClaim() of a claim of this very process that it is not working on. */
	at = name;
	if
	:: L(at, c) == E -> finishForward()
	:: else -> to = PUT(at, c, W, 0, 0);
		moveEntry(true)
	fi;
	goto idle;

crash:
	starts[me]++;
	goto idle
}

/* sweepEntry() in housekeep.ts, done by any process. The lease only raises suspicion: of the living as well. */
#ifdef NO_LOST
#define SWEPT(l) ((l) == E)
#else
#ifdef NO_FORWARD
#define SWEPT(l) ((l) == P)
#else
#define SWEPT(l) CLAIMED(l)
#endif
#endif
/* A claim with a job is left to who adopts it. */
#ifdef ADOPT
#define ISJOB(c) (L(name, c) == P && (jobs[c] & BIT(AT(name, c))))
#else
#define ISJOB(c) false
#endif
proctype Sweeper() {
	int at, to;
	byte c, moved, todo;

idle:
	at = 0;
	d_step { to = 0; c = 0; moved = 0; todo = 0 };
end_idle:
	atomic {
		if
		:: !REMOVED(name) && SWEPT(L(name, 0)) && SUSPECT(BY(name, 0)) && !ISJOB(0) -> c = 0
		:: !REMOVED(name) && SWEPT(L(name, 1)) && SUSPECT(BY(name, 1)) && !ISJOB(1) -> c = 1
#ifdef JOIN
		:: !REMOVED(name) && SWEPT(L(name, 2)) && SUSPECT(BY(name, 2)) -> c = 2
#endif
#ifdef CHILD_ENDS
		:: child != 0 -> child = 0; goto idle	/* it runs, and is done */
#endif
		fi;
		at = name;
		if
		:: BY(at, c) != 0 && !DEAD(BY(at, c)) -> suspicions++
		:: else -> skip
		fi
	}
	if
	:: L(at, c) == P ->
		to = PUT(at, c, (EP(at) < MAXEP -> W : F), 0, 0);
		moveEntry(true)
	:: L(at, c) == E && BY(at, c) == 0 -> to = PUT(at, c, F, 0, 0);
		moveEntry(true)
	:: L(at, c) == E && BY(at, c) != 0 ->
#ifdef ROLL_BACK
		to = PUT(at, c, W, 0, 0);
		moveEntry(true)
#else
		postChildren(AT(at, c));
		MAY_CRASH;
		markPublished(AT(at, c));
		MAY_CRASH;
		to = SETTLE(PUT(at, c, C, 0, 0));
		moveEntry(true)
#endif
	fi;
crash:
	goto idle
}

/* operate() in operate.ts, and `mv`. */
proctype Operator() {
	int at, to;
	byte c, column, moved, todo, below;

idle:
	at = 0;
	d_step { to = 0; c = 0; moved = 0; todo = 0; below = 0; column = 0 };
end_idle:
	atomic {
		operations < NOPS -> operations++;
		if
		:: c = 0
		:: c = 1
		fi;
		at = name
	}
again:
	below = BELOW(c);
	to = at;
	/* planVerb(): an `e` that it would touch is finished forward first. */
#ifndef OPERATE_E
	if
	:: L(at, c) == E && BY(at, c) != 0 -> column = c; goto forward
	:: below != 9 && L(at, below) == E && BY(at, below) != 0 -> column = c; c = below; goto forward
	:: else -> skip
	fi;
#endif
	atomic {
		if
		:: !REMOVED(at) && (L(at, c) == W || CLAIMED(L(at, c)) || L(at, c) == U) -> to = PUT(at, c, H, 0, 0)	/* hold */
		:: !REMOVED(at) && L(at, c) != C && L(at, c) != S -> to = SETTLE(PUT(at, c, S, 0, 0))	/* skip */
		:: !REMOVED(at) && L(at, c) != W && L(at, c) != U ->	/* repipe */
			to = PUT(at, c, (PARENTS(at, c) -> W : U), 0, 0);
			if
			:: below != 9 -> to = PUT(to, below, U, 0, 0)
			:: else -> skip
			fi
		:: !REMOVED(at) && L(at, c) == H -> to = PUT(at, c, (PARENTS(at, c) -> W : U), 0, 0)	/* release */
#ifdef HAND
		:: !REMOVED(at) && L(at, c) == C -> to = PUT(at, c, W, 0, 0)	/* mv: this stage alone */
		:: !REMOVED(at) && (L(at, 0) != E && L(at, 1) != E) -> to = CLEAR(CLEAR(at, 0), 1) | 8	/* remove */
		:: REMOVED(at) -> to = at & ~8	/* mv: put back */
#endif
#ifdef TURN
		:: !REMOVED(at) && EP(at) > 0 && L(at, c) != E -> turned = true;
			to = PUT(at, c, (PARENTS(at, c) -> W : U), 0, 0);	/* mv: the epoch turned back, by one or to none */
			if
			:: to = EPOCH(to, EP(at) - 1)
			:: EP(at) > 1 -> to = EPOCH(to, 0)
			fi
#endif
		:: goto idle
		fi
	}
	moveEntry(true);
	if
	:: moved == 1 -> goto idle
	:: else -> at = name; goto again	/* worked out anew */
	fi;
forward:
	finishForward();
	c = column;
	column = 0;
	at = name;
	goto again
}

/* I7: when nobody can do anything any more, no `p` or `e` is left. */
#ifdef JOIN
#define RUNNING (CLAIMED(L(name, 0)) || CLAIMED(L(name, 1)) || CLAIMED(L(name, 2)))
#else
#define RUNNING (CLAIMED(L(name, 0)) || CLAIMED(L(name, 1)))
#endif
active proctype Stranded() {
end:
	timeout -> assert(REMOVED(name) || !RUNNING)	/* I7 */
}

init {
	atomic {
		run StageProcess(1);
		run StageProcess(2);
		run Sweeper();
		run Operator()
	}
}
