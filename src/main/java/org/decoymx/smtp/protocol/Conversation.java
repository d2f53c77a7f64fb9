package org.decoymx.smtp.protocol;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.decoymx.smtp.protocol.Answer.Next;
import org.decoymx.smtp.protocol.Persona.Placeholder;

/**
 * One client's SMTP conversation, from the greeting to QUIT: RFC 5321 with the extensions that EHLO announces. It takes
 * lines and gives answers; a message it never takes, as no answer is 354 and every BDAT chunk is dropped.
 *
 * <p>Not thread-safe: a conversation belongs to one connection.
 */
public final class Conversation {
    /** RFC 5321 section 4.5.3.1.8: at least 100 recipients must be taken. */
    public static final int MAX_RECIPIENTS = 100;

    private static final int MAX_NOTED = 255;
    private static final Pattern CHUNK = Pattern.compile("(\\d{1,19})(?: +LAST)?", Pattern.CASE_INSENSITIVE);
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Settings settings;
    private final Supplier<String> client;
    private final Supplier<String> ownAddress;
    private final Instant began;
    private final Manners manners = new Manners();

    private Stage stage = new Stage.Connected();
    private Verb verb = Verb.UNKNOWN;
    private Verb deepest = Verb.UNKNOWN;
    private String helo = "";
    private String sender = "";
    private String recipient = "";
    private String line = "";
    private String argument = "";
    private int recipients;
    private int protectedRecipients;
    private boolean extended;
    private boolean tls;
    private boolean spoken;

    /**
     * @param client the client's address as RFC 5952 writes it; asked for only where it is needed
     * @param ownAddress the address it connected to, likewise; a client that calls itself so lies
     * @param began when it connected
     */
    public Conversation(Settings settings, Supplier<String> client, Supplier<String> ownAddress, Instant began) {
        this.settings = settings;
        this.client = client;
        this.ownAddress = ownAddress;
        this.began = began;
    }

    /** The greeting, or its last line after {@link #opening}. */
    public Reply greeting() {
        return say(Phrase.GREETING);
    }

    /** The greeting's first line, when the last one is held back to see who cannot wait. */
    public Reply opening() {
        return settings.persona().opening(this::known);
    }

    /** Notes that the client spoke before the greeting was complete. */
    public void spokeEarly() {
        manners.note(Trait.EARLY_TALKER);
    }

    /** Notes that the client left without QUIT. */
    public void leftWithoutQuit() {
        manners.note(Trait.NO_QUIT);
    }

    /** TLS is on: the client must begin anew with EHLO (RFC 3207 section 4.2). */
    public void tlsStarted() {
        tls = true;
    }

    /** The 451 is given out, behind a chunk only once all of it has come: the conversation is complete. */
    public void deferred() {
        reached(Verb.DATA);
    }

    /** A reply of 421 with which the decoy ends the session on its own account. */
    public Reply farewell(Phrase why) {
        return say(why);
    }

    /** What has been learnt so far. */
    public Notes notes() {
        return new Notes(deepest, manners.traits(), helo, sender, recipients, protectedRecipients, tls);
    }

    /** The decoy's answer to one line. */
    public Answer answer(Line line) {
        boolean first = !spoken;
        spoken = true;
        this.line = line.text();
        verb = Verb.UNKNOWN;
        if (line.flaw() == Line.Flaw.TLS_RECORD) {
            manners.note(Trait.NOT_SMTP);
            return new Answer(Verb.UNKNOWN, Reply.SILENCE, Next.CLOSE, 0);
        }
        if (first && manners.isOtherProtocol(line.text())) {
            return close(Phrase.NOT_SMTP);
        }
        if (line.flaw() == Line.Flaw.NONE) {
            return answer(Command.parse(line.text()), line.more());
        }
        if (line.flaw() == Line.Flaw.BARE_NEWLINE) {
            manners.note(Trait.BARE_NEWLINE);
        }
        noteTalk();
        return refuse(line.flaw() == Line.Flaw.TOO_LONG ? Phrase.LINE_TOO_LONG : Phrase.BARE_NEWLINE);
    }

    private Answer answer(Command command, boolean more) {
        verb = command.verb();
        argument = command.argument();
        notePipelining(more);
        if (verb == Verb.UNKNOWN) {
            noteTalk();
            return refuse(Phrase.UNKNOWN);
        }
        if (stage instanceof Stage.Refused refused) {
            stage = refused.reset();
        }
        return switch (verb) {
            case HELO -> helo(Phrase.HELO);
            case EHLO -> helo(Phrase.EHLO);
            case MAIL -> mail();
            case RCPT -> rcpt();
            case DATA -> argument.isEmpty() ? data(0) : refuse(Phrase.NO_ARGUMENT);
            case BDAT -> bdat();
            case RSET -> argument.isEmpty() ? reset() : refuse(Phrase.NO_ARGUMENT);
            case NOOP -> junk(Phrase.NOOP_OK);
            case HELP -> junk(Phrase.HELP);
            case VRFY -> junk(Phrase.VRFY);
            case EXPN -> refuse(Phrase.EXPN);
            case QUIT -> argument.isEmpty() ? close(Phrase.BYE) : refuse(Phrase.NO_ARGUMENT);
            case STARTTLS -> startTls();
            case AUTH -> auth();
            case UNKNOWN -> throw new IllegalStateException("answered above");
        };
    }

    /** RFC 2920 section 3.1: what may have something behind it, and only once EHLO was answered. */
    private void notePipelining(boolean more) {
        boolean mayBeFollowed =
                switch (verb) {
                    case MAIL, RCPT, RSET, BDAT -> extended && stage instanceof Stage.Known;
                    case UNKNOWN -> true;
                    default -> false;
                };
        if (more && !mayBeFollowed) {
            manners.note(Trait.PIPELINED_UNASKED);
        }
    }

    /** A line that is no command, right after DATA was refused, is the message's. */
    private void noteTalk() {
        if (stage instanceof Stage.Refused) {
            manners.note(Trait.TALKS_ON);
        }
    }

    private Answer helo(Phrase phrase) {
        if (argument.isEmpty() || argument.length() > Envelope.MAX_DOMAIN || !Text.isPrintable(argument)) {
            return refuse(Phrase.HELO_SYNTAX);
        }
        helo = argument;
        manners.noteHello(helo, settings.hostname(), ownAddress);
        if (stage instanceof Stage.Connected connected) {
            stage = connected.hello(helo);
        } else if (stage instanceof Stage.Known known) {
            stage = known.reset();
            if (manners.isJunkTooMany()) {
                return close(Phrase.TOO_MANY_ERRORS);
            }
        }
        extended = phrase == Phrase.EHLO;
        reached(phrase == Phrase.HELO ? Verb.HELO : Verb.EHLO);
        boolean offer = settings.startTls() && !tls;
        return then(phrase == Phrase.HELO ? say(phrase) : settings.persona().ehlo(offer, this::known));
    }

    private Answer mail() {
        if (stage instanceof Stage.Connected) {
            return outOfOrder(Phrase.HELO_FIRST);
        }
        if (!(stage instanceof Stage.Greeted greeted)) {
            return outOfOrder(Phrase.NESTED_MAIL);
        }
        if (!(Envelope.parse(argument, "FROM:") instanceof Envelope.Good good)) {
            return refuse(Phrase.MAIL_SYNTAX);
        }
        if (!good.hasMailParametersOnly()) {
            return refuse(Phrase.PARAMETER);
        }
        if (isTooBig(good.size())) {
            return refuse(Phrase.TOO_BIG);
        }
        boolean utf8 = good.isSmtpUtf8();
        if (!good.isSendable(utf8)) {
            return refuse(utf8 ? Phrase.BAD_UTF8 : Phrase.NEEDS_SMTPUTF8);
        }
        sender = Text.printable(good.path().toString(), MAX_NOTED);
        stage = greeted.mail(utf8);
        reached(Verb.MAIL);
        return then(say(Phrase.MAIL_OK));
    }

    private boolean isTooBig(String size) {
        return size.length() > 18 || Long.parseLong(size) > settings.maxSize();
    }

    private Answer rcpt() {
        if (stage instanceof Stage.Connected) {
            return outOfOrder(Phrase.HELO_FIRST);
        }
        if (stage instanceof Stage.Greeted) {
            return outOfOrder(Phrase.MAIL_FIRST);
        }
        if (!(Envelope.parse(argument, "TO:") instanceof Envelope.Good good)
                || good.path().isNull()) {
            return refuse(Phrase.RCPT_SYNTAX);
        }
        if (!good.parameters().isEmpty()) {
            return refuse(Phrase.PARAMETER);
        }
        boolean utf8 = stage instanceof Stage.Sending s && s.utf8() || stage instanceof Stage.Addressed a && a.utf8();
        if (!good.isSendable(utf8)) {
            return refuse(utf8 ? Phrase.BAD_UTF8 : Phrase.NEEDS_SMTPUTF8);
        }
        recipient = Text.printable(good.path().toString(), MAX_NOTED);
        recipients++;
        return recipient(good.path());
    }

    private Answer recipient(Path path) {
        if (!settings.domains().protects(path)) {
            manners.note(Trait.RELAY_PROBE);
            return refuse(Phrase.RELAY);
        }
        if (stage instanceof Stage.Addressed full && full.recipients() >= MAX_RECIPIENTS) {
            manners.note(Trait.MANY_RECIPIENTS);
            return then(say(Phrase.TOO_MANY_RECIPIENTS));
        }
        if (stage instanceof Stage.Sending sending) {
            stage = sending.recipient();
        } else if (stage instanceof Stage.Addressed addressed) {
            stage = addressed.recipient();
        }
        protectedRecipients++;
        reached(Verb.RCPT);
        return then(say(Phrase.RCPT_OK));
    }

    private Answer data(long skip) {
        if (stage instanceof Stage.Addressed addressed) {
            stage = addressed.data();
            return new Answer(verb, say(Phrase.TRY_LATER), Next.GO_ON, skip);
        }
        Phrase missing = stage instanceof Stage.Connected
                ? Phrase.HELO_FIRST
                : stage instanceof Stage.Sending ? Phrase.RCPT_FIRST : Phrase.MAIL_FIRST;
        Answer refusal = outOfOrder(missing);
        return new Answer(verb, refusal.reply(), refusal.next(), skip);
    }

    /** RFC 3030 section 2: the chunk follows its command at once, whatever the answer will be. */
    private Answer bdat() {
        var chunk = CHUNK.matcher(argument);
        if (!chunk.matches()) {
            return refuse(Phrase.BDAT_SYNTAX);
        }
        if (isTooBig(chunk.group(1))) {
            return close(Phrase.CHUNK_TOO_BIG);
        }
        return data(Long.parseLong(chunk.group(1)));
    }

    private Answer reset() {
        if (stage instanceof Stage.Known known) {
            stage = known.reset();
        }
        return junk(Phrase.RSET_OK);
    }

    private Answer startTls() {
        if (!argument.isEmpty()) {
            return refuse(Phrase.NO_ARGUMENT);
        }
        if (tls) {
            return refuse(Phrase.TLS_ACTIVE);
        }
        if (!settings.startTls()) {
            return refuse(Phrase.NO_TLS);
        }
        if (!(stage instanceof Stage.Known known)) {
            return outOfOrder(Phrase.HELO_FIRST);
        }
        stage = known.reset().startTls();
        return new Answer(verb, say(Phrase.START_TLS), Next.START_TLS, 0);
    }

    private Answer auth() {
        manners.note(Trait.AUTH_PROBE);
        return refuse(Phrase.NO_AUTH);
    }

    private void reached(Verb verb) {
        if (verb.deeperThan(deepest)) {
            deepest = verb;
        }
    }

    private Answer outOfOrder(Phrase phrase) {
        manners.note(Trait.BAD_ORDER);
        return refuse(phrase);
    }

    private Answer junk(Phrase phrase) {
        return manners.isJunkTooMany() ? close(Phrase.TOO_MANY_ERRORS) : then(say(phrase));
    }

    private Answer refuse(Phrase phrase) {
        return phrase.isPermanentFailure() && manners.isErrorTooMany()
                ? close(Phrase.TOO_MANY_ERRORS)
                : then(say(phrase));
    }

    private Answer close(Phrase phrase) {
        return new Answer(verb, say(phrase), Next.CLOSE, 0);
    }

    private Answer then(Reply reply) {
        return new Answer(verb, reply, Next.GO_ON, 0);
    }

    private Reply say(Phrase phrase) {
        return settings.persona().reply(phrase, this::known);
    }

    private String known(Placeholder placeholder) {
        return switch (placeholder) {
            case HOST -> settings.hostname();
            case CLIENT -> client.get();
            case DATE -> DATE.format(began);
            case HELO -> helo;
            case SENDER -> sender;
            case RECIPIENT -> recipient;
            case LINE -> Text.printable(line, MAX_NOTED);
        };
    }
}
