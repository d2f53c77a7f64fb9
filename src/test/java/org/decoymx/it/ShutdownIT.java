package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The decoy takes leave of everybody before it goes. */
class ShutdownIT {
    private static final int SESSIONS = 20;

    @Test
    void sigterm_givesEachOpenSession421_andEndsTheProcess() throws IOException {
        List<SmtpSocket> sockets = new ArrayList<>();
        try (Decoy decoy = Decoy.start("decoy.smtp.greeting-delay=0s")) {
            for (int i = 0; i < SESSIONS; i++) {
                SmtpSocket socket = new SmtpSocket(decoy.smtpPort(), "127.0.0.41");
                sockets.add(socket);
                assertThat(socket.reply()).startsWith("220 ");
            }
            decoy.terminate();
            for (SmtpSocket socket : sockets) {
                assertThat(socket.line()).startsWith("421 4.3.2 ");
                assertThat(socket.line()).isNull();
            }
        } finally {
            for (SmtpSocket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void sigterm_whileTheGreetingIsHeldBack_givesA421() throws IOException {
        try (Decoy decoy = Decoy.start("decoy.smtp.greeting-delay=30s");
                SmtpSocket socket = new SmtpSocket(decoy.smtpPort(), "127.0.0.42")) {
            assertThat(socket.line()).startsWith("220-");
            decoy.terminate();
            assertThat(socket.line()).startsWith("421 4.3.2 ");
            assertThat(socket.line()).isNull();
        }
    }
}
