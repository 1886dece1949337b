/*
 * Who holds a dataset: post, `ids/`, claim, done, back from done, remove. docs/model.md says what each part stands for.
 *
 * A file is its inode. It stands in one folder at a time; `ids` says which inode `ids/<dataset>` links to. Every call is
 * one step, and between any two of them all others may do anything.
 */

#ifndef NFILES
#define NFILES 2	/* posts of one dataset, one of them perhaps made by `touch` */
#endif
#ifndef NCRASH
#define NCRASH 1
#endif
#ifndef NLOST
#define NLOST 1
#endif
#ifndef NBACK
#define NBACK 1	/* entries that come back from done/ or removed/ */
#endif

/* Where a file stands. */
#define NOWHERE 0
#define TMP 1
#define WAITS 2
#define CLAIMED 3	/* by its name; whether it may run is judged then */
#define RUNS 4
#define HELD 5	/* cause d */
#define DONE 6
#define REMOVED 7
#define OVER(i) (stands[i] == DONE || stands[i] == REMOVED)
#define LIVE(i) (stands[i] >= WAITS && stands[i] <= HELD)

byte stands[NFILES + 1];
byte aside[NFILES + 1];	/* tmp/.stale-<random>: links on their way out */
byte ids;
bool acknowledged[NFILES + 1];
byte crashes, lost, backs;

#define LINKS(i) ((stands[i] != NOWHERE -> 1 : 0) + (ids == (i) -> 1 : 0) + aside[i])

#define MAY_CRASH if :: skip :: crashes < NCRASH -> crashes++; goto crash fi

/*
 * The assumption (docs/model.md): who has taken a link of `ids/` away that it should not have, and is about to put it back, is not
 * overtaken by a post of the same dataset. OVERTAKEN drops it.
 */
#ifdef OVERTAKEN
#define TOGETHER {
#else
#define TOGETHER atomic {
#endif

/* Three files have too many states otherwise: whoever looks at a link and takes it does so in one step. */
#ifdef AT_ONCE
#define LOOK_AND_TAKE atomic {
#else
#define LOOK_AND_TAKE {
#endif

#ifdef NEVER_OVER
#define OVER_NOW(h) false
#else
#ifdef ALWAYS_OVER
#define OVER_NOW(h) true
#else
#define OVER_NOW(h) OVER(h)
#endif
#endif


/* A crash of the caller between two calls of setAside() leaves the link under tmp/.stale-. */
#define STALE_STAYS if :: skip :: crashes < NCRASH -> crashes++; goto crash fi

/* What holds the dataset gives way: it is lost, or over. */
#define GIVES_WAY(h) (LINKS(h) < 2 || OVER_NOW(h))

/* setAside() in ids.ts: `h` was judged; the link is taken, and put back if it should not have been. */
inline setAside() {
	if
	:: ids == h ->
		TOGETHER
			atomic { h = ids; if :: h != 0 -> ids = 0; aside[h]++ :: else -> skip fi };
			if
			:: h != 0 && !GIVES_WAY(h) -> atomic { if :: ids == 0 -> ids = h :: else -> skip fi }
			:: else -> skip
			fi
		};
		if
		:: h != 0 -> STALE_STAYS; aside[h]--
		:: else -> skip
		fi
	:: else -> skip
	fi
}

/* acquireId() in ids.ts: the caller's file `i` gets the link, or another live entry has it. */
#define LINKED 1
#define REFUSED 2
inline acquireId() {
	got = 0;
	do
	:: got == 0 ->
		atomic {
			if
			:: ids == 0 ->
				ids = i;
				if
				:: got = LINKED
				:: lost < NLOST -> lost++	/* it says EEXIST */
				fi
			:: else -> skip
			fi
		}
		if
		:: got == LINKED -> break
		:: else -> skip
		fi;
		/* judge(): of the opened file, then of the days of done/ and removed/. */
		LOOK_AND_TAKE
			h = ids;
			if
			:: h == i -> got = LINKED
			:: h == 0 -> skip
			:: h != i && h != 0 ->
				if
				:: !GIVES_WAY(h) -> got = REFUSED
				:: else -> setAside()
				fi
			fi
		};
		h = 0
	:: else -> break
	od
}

/*
 * releaseId() in ids.ts: looks whether `ids/<dataset>` is this inode, takes it, whichever it is by then, looks once more, and
 * puts back what is another's, or on the board.
 */
inline releaseId() {
#ifdef BLIND_RELEASE
	ids = 0
#else
	LOOK_AND_TAKE
		if
		:: ids == i ->
			TOGETHER
				atomic { h = ids; ids = 0 };
#ifndef NO_SECOND_LOOK
				if
				:: h != 0 && (h != i || !OVER(i)) -> atomic { if :: ids == 0 -> ids = h :: else -> skip fi }
				:: else -> skip
				fi
#endif
			}
		:: else -> skip
		fi
	};
	h = 0
#endif
}

/* postNow() in post.ts, of the file `i`. */
proctype Poster(byte i) {
	byte got, h;

	/* create tmp/<name> */
	stands[i] = TMP;
	MAY_CRASH;
	acquireId();
	if
	:: got == REFUSED ->
		/* unlink tmp/<name> */
		atomic { if :: stands[i] == TMP -> stands[i] = NOWHERE :: else -> skip fi };
		goto crash
	:: else -> skip
	fi;
	MAY_CRASH;
	/* rollForward(): a file that is gone from tmp/ is success. */
#ifdef ACK_FIRST
	acknowledged[i] = true;
	MAY_CRASH;
#endif
	atomic { if :: stands[i] == TMP -> stands[i] = WAITS :: else -> skip fi };
	acknowledged[i] = true;
crash:
	skip
}

/* sweepPosts() in housekeep.ts: a file in tmp/ that holds its dataset is carried on by anybody. sweepRubbish(): others go after a day. */
proctype Sweeper() {
	byte i;

end_idle:
	i = 0;
end_look:
	atomic {
		if
#ifdef NO_CARRY_ON
		:: false
#else
		:: stands[1] == TMP && LINKS(1) >= 2 && ids == 1 -> i = 1
		:: stands[2] == TMP && LINKS(2) >= 2 && ids == 2 -> i = 2
#if NFILES > 2
		:: stands[3] == TMP && LINKS(3) >= 2 && ids == 3 -> i = 3
#endif
#endif
		fi
	}
	atomic { if :: stands[i] == TMP -> stands[i] = WAITS :: else -> skip fi };
	goto end_idle
}

/* sweepLinks() in housekeep.ts, of links that a crash left behind. */
proctype Links() {
	byte i, h;

end_idle:
	i = 0;
end_look:
	LOOK_AND_TAKE
		if
		:: atomic { OVER(1) && ids == 1 -> i = 1 }
		:: atomic { OVER(2) && ids == 2 -> i = 2 }
#if NFILES > 2
		:: atomic { OVER(3) && ids == 3 -> i = 3 }
#endif
		fi;
		releaseId()
	};
	goto end_idle
}

#define LEFT if :: releaseId() :: crashes < NCRASH -> crashes++ fi

/* What happens to the entry `i`: claim() with its judgement, finish(), remove, and the ways back. */
proctype Entry(byte i) {
	byte got, h;

end_idle:
	got = 0; h = 0;
end_wait:
	if
	:: stands[i] == WAITS -> goto claim
	/* Done, or removed: first the rename, then the link. */
	:: LOOK_AND_TAKE atomic { stands[i] == RUNS -> stands[i] = DONE }; LEFT };
	:: LOOK_AND_TAKE atomic { LIVE(i) -> stands[i] = REMOVED }; LEFT };
	:: atomic { OVER(i) && backs < NBACK -> backs++ }; goto back
#ifdef HAND
	:: atomic { OVER(i) && backs < NBACK -> backs++; stands[i] = WAITS }	/* mv */
#endif
	fi;
	goto end_idle;

claim:
	atomic {
		if
		:: stands[i] == WAITS -> stands[i] = CLAIMED
		:: else -> goto end_idle
		fi
	}
	/* judgeEntry() in claim.ts */
#ifndef NO_JUDGE
#ifdef LINKS_ONLY
	h = LINKS(i);	/* a link on its way out counts as well */
#else
	h = (ids == i -> 2 : 1);
#endif
	if
	:: h < 2 -> acquireId()
	:: else -> got = LINKED
	fi;
#else
	got = LINKED;
#endif
	h = 0;
	atomic {
		if
		:: stands[i] == CLAIMED && got == LINKED ->
			assert(stands[1] != RUNS && stands[2] != RUNS);	/* I1 */
#if NFILES > 2
			assert(stands[3] != RUNS);	/* I1 */
#endif
			stands[i] = RUNS
		:: stands[i] == CLAIMED && got != LINKED -> stands[i] = HELD
		:: else -> skip
		fi
	}
	goto end_idle;

back:
	/* repipe from done/: first the link, then the rename. */
#ifndef BACK_UNLINKED
	acquireId();
	if
	:: got == REFUSED -> goto end_idle
	:: else -> skip
	fi;
	if :: skip :: crashes < NCRASH -> crashes++; goto end_idle fi;
#endif
	atomic { if :: OVER(i) -> stands[i] = WAITS :: else -> skip fi };
	goto end_idle;
crash:
	/* A claim that died here is returned: housekeeping. */
	atomic { if :: stands[i] == CLAIMED -> stands[i] = WAITS :: else -> skip fi };
	goto end_idle
}

/* I8: what was acknowledged stands somewhere; and what holds the dataset is no file in tmp/ for ever. */
active proctype Missing() {
end:
	do
	:: atomic {
		(acknowledged[1] && (stands[1] == NOWHERE || stands[1] == TMP)) ||
		(acknowledged[2] && (stands[2] == NOWHERE || stands[2] == TMP)) -> assert(false)	/* I8 */
	   }
	:: timeout ->
		assert(ids == 0 || stands[ids] != TMP);	/* I8: a post that took its dataset gets to the board */
		break
	od
}

init {
	atomic {
#ifdef TOUCHED
		stands[2] = WAITS;	/* touch queue/<name> */
#else
		run Poster(2);
#endif
		run Poster(1);
#if NFILES > 2
		run Poster(3);
		run Entry(3);
#endif
		run Sweeper();
		run Links();
		run Entry(1);
		run Entry(2)
	}
}
