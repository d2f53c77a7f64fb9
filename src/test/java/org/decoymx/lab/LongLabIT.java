package org.decoymx.lab;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Three situations in which all durations are a tenth of the real ones. */
@Tag("long")
class LongLabIT {
    private static final int FACTOR = 10;

    @AutoClose
    private static Lab lab;

    private static PostfixSenders senders;

    @BeforeAll
    static void start() throws IOException {
        lab = DetourIT.startLab(FACTOR);
        senders = lab.startSenders();
        lab.awaitStart();
    }

    @AfterEach
    void recover() throws IOException {
        lab.awaitScoring();
        senders.assertNothingBounced();
    }

    @Test
    void milterDown_451AtMail() throws IOException {
        PrimaryTroubleIT.playMilterDown(lab, senders);
    }

    @Test
    void exim_thatSkipsThePrimary_longerThanTheGraceTime() throws IOException {
        DetourIT.playExim(lab);
    }

    @Test
    void primary_thatTheSenderCannotResolve() throws IOException {
        DetourIT.playUnresolvable(lab, senders);
    }
}
