package org.decoymx.smtp.protocol;

import java.time.Instant;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.decoymx.smtp.protocol.Response.NextAction;
import org.jspecify.annotations.Nullable;

/**
 * One client's SMTP conversation, from the greeting to QUIT: RFC 5321 with the extensions that EHLO announces. It takes
 * lines and returns responses. It never accepts a message: no reply is 354, and every BDAT chunk is dropped.
 *
 * <p>Not thread-safe: a conversation belongs to one connection.
 */
public final class Conversation {
    /** RFC 5321 section 4.5.3.1.8: a server must accept at least 100 recipients. */
    public static final int MAX_RECIPIENTS = 100;

    private static final Pattern BDAT_ARGUMENT = Pattern.compile("(\\d{1,19})(?: +LAST)?", Pattern.CASE_INSENSITIVE);

    private final ConversationSettings settings;
    private final Supplier<String> ownAddress;
    private final BehaviorTracker behavior = new BehaviorTracker();
    private final MailTransactions transactions;
    private final ReplyComposer replies;

    private Verb verb = Verb.UNKNOWN;
    private String argument = "";
    private boolean esmtp;
    private boolean tls;
    private boolean lineReceived;

    /**
     * @param client the client's address in RFC 5952 form; called only when a reply needs it
     * @param ownAddress the address that the client connected to, in the same form; a HELO name to compare with
     * @param startedAt when the client connected
     */
    public Conversation(
            ConversationSettings settings, Supplier<String> client, Supplier<String> ownAddress, Instant startedAt) {
        this.settings = settings;
        this.ownAddress = ownAddress;
        transactions = new MailTransactions(settings);
        replies = new ReplyComposer(settings, client, startedAt, transactions);
    }

    /** The greeting, or its last line after {@link #greetingFirstLine}. */
    public Reply greeting() {
        return replies.reply(ReplyText.GREETING);
    }

    /** The greeting's first line, if the last line is delayed to detect early talkers. */
    public Reply greetingFirstLine() {
        return replies.greetingFirstLine();
    }

    /** Records that the client sent data before the greeting was complete. */
    public void recordEarlyTalker() {
        behavior.addTrait(Trait.EARLY_TALKER);
    }

    /** Records that the client disconnected without QUIT. */
    public void recordMissingQuit() {
        behavior.addTrait(Trait.NO_QUIT);
    }

    /** Records that TLS is active; the client must send EHLO again (RFC 3207 section 4.2). */
    public void onTlsStarted() {
        tls = true;
    }

    /** Records that the 451 is sent, for BDAT only after the whole chunk has arrived: the conversation is complete. */
    public void recordDeferral() {
        transactions.updateDeepestVerb(Verb.DATA);
    }

    /** The transaction whose DATA or BDAT was answered with 451 just now; null if the last reply was another one. */
    public @Nullable RefusedTransaction refusedTransaction() {
        return transactions.refusedTransaction();
    }

    /** The 421 reply to send before the decoy closes the session. */
    public Reply closingReply(ReplyText reason) {
        return replies.reply(reason);
    }

    /** The facts that were recorded so far. */
    public SessionFacts facts() {
        return transactions.facts(behavior.traits(), tls);
    }

    /** Processes one line, and returns the response to it. */
    public Response respond(CommandLine line) {
        boolean first = !lineReceived;
        lineReceived = true;
        replies.setLastLine(line.text());
        verb = Verb.UNKNOWN;
        if (line.error() == CommandLine.LineError.TLS_RECORD) {
            behavior.recordOtherProtocol();
            return new Response(Verb.UNKNOWN, Reply.NO_REPLY, NextAction.CLOSE, 0);
        }
        if (first && behavior.detectOtherProtocol(line.text())) {
            return close(ReplyText.NOT_SMTP);
        }
        if (line.error() == CommandLine.LineError.NONE) {
            return respond(Command.parse(line.text()), line.moreInputBuffered());
        }
        checkMessageAfterRefusal();
        return answer(
                line.error() == CommandLine.LineError.TOO_LONG ? ReplyText.LINE_TOO_LONG : ReplyText.BARE_NEWLINE);
    }

    private Response respond(Command command, boolean moreInputBuffered) {
        verb = command.verb();
        argument = command.argument();
        checkPipelining(moreInputBuffered);
        if (verb == Verb.UNKNOWN) {
            checkMessageAfterRefusal();
            return answer(ReplyText.UNKNOWN);
        }
        if (transactions.isDataRefused()) {
            transactions.reset();
        }
        return switch (verb) {
            case HELO, EHLO -> helo();
            case MAIL -> answer(transactions.mail(argument));
            case RCPT -> answerInBatch(transactions.rcpt(argument));
            case DATA -> argument.isEmpty() ? data(0) : answer(ReplyText.NO_ARGUMENT);
            case BDAT -> bdat();
            case RSET -> argument.isEmpty() ? reset() : answer(ReplyText.NO_ARGUMENT);
            case NOOP -> respondToJunkCommand(ReplyText.NOOP_OK);
            case HELP -> respondToJunkCommand(ReplyText.HELP);
            case VRFY -> respondToJunkCommand(ReplyText.VRFY);
            case EXPN -> answer(ReplyText.EXPN);
            case QUIT -> argument.isEmpty() ? close(ReplyText.BYE) : answer(ReplyText.NO_ARGUMENT);
            case STARTTLS -> startTls();
            case AUTH -> answer(ReplyText.NO_AUTH);
            case UNKNOWN -> throw new IllegalStateException("rejected above");
        };
    }

    /** RFC 2920 section 3.1: which commands may be followed by others in a batch, and only after the reply to EHLO. */
    private void checkPipelining(boolean moreInputBuffered) {
        boolean mayBeFollowed =
                switch (verb) {
                    case MAIL, RCPT, RSET, BDAT -> esmtp && transactions.isIdentified();
                    case UNKNOWN -> true;
                    default -> false;
                };
        if (moreInputBuffered && !mayBeFollowed) {
            behavior.addTrait(Trait.PIPELINED_UNASKED);
        }
    }

    /** After DATA was refused, a line that is not a command belongs to the message. */
    private void checkMessageAfterRefusal() {
        if (transactions.isDataRefused()) {
            behavior.addTrait(Trait.TALKS_ON);
        }
    }

    private Response helo() {
        if (!MailTransactions.isHeloName(argument)) {
            return answer(ReplyText.HELO_SYNTAX);
        }
        behavior.checkHeloName(argument, settings.hostname(), ownAddress);
        boolean repeated = transactions.isIdentified();
        transactions.acceptHelo(argument);
        if (repeated && behavior.countJunkCommandAndCheckLimit()) {
            return close(ReplyText.TOO_MANY_ERRORS);
        }
        esmtp = verb == Verb.EHLO;
        transactions.updateDeepestVerb(verb);
        return continueWith(esmtp ? replies.ehloReply(settings.startTls() && !tls) : replies.reply(ReplyText.HELO));
    }

    /** A client that pipelines may have sent the command before it read that MAIL or RCPT was refused (RFC 2920). */
    private Response answerInBatch(ReplyText replyText) {
        boolean follows = replyText == ReplyText.MAIL_FIRST || replyText == ReplyText.RCPT_FIRST;
        return esmtp && follows && transactions.isRefused() ? respondToJunkCommand(replyText) : answer(replyText);
    }

    private Response data(long octetsToSkip) {
        Response response = answerInBatch(transactions.data());
        return octetsToSkip == 0 ? response : new Response(verb, response.reply(), response.nextAction(), octetsToSkip);
    }

    /** RFC 3030 section 2: the client sends the chunk directly after the command, without waiting for the reply. */
    private Response bdat() {
        var chunk = BDAT_ARGUMENT.matcher(argument);
        if (!chunk.matches()) {
            return answer(ReplyText.BDAT_SYNTAX);
        }
        if (transactions.isTooBig(chunk.group(1))) {
            return close(ReplyText.CHUNK_TOO_BIG);
        }
        return data(Long.parseLong(chunk.group(1)));
    }

    private Response reset() {
        transactions.reset();
        return respondToJunkCommand(ReplyText.RSET_OK);
    }

    private Response startTls() {
        if (!argument.isEmpty()) {
            return answer(ReplyText.NO_ARGUMENT);
        }
        if (tls) {
            return answer(ReplyText.TLS_ACTIVE);
        }
        if (!settings.startTls()) {
            return answer(ReplyText.NO_TLS);
        }
        ReplyText replyText = transactions.startTls();
        return replyText == ReplyText.START_TLS
                ? new Response(verb, replies.reply(replyText), NextAction.START_TLS, 0)
                : answer(replyText);
    }

    private Response respondToJunkCommand(ReplyText replyText) {
        return behavior.countJunkCommandAndCheckLimit()
                ? close(ReplyText.TOO_MANY_ERRORS)
                : continueWith(replies.reply(replyText));
    }

    /** Replies, records the trait that the reply shows, and counts an error if the command is refused permanently. */
    private Response answer(ReplyText replyText) {
        behavior.addTraitShownBy(replyText);
        return replyText.isPermanentFailure() && behavior.countErrorAndCheckLimit()
                ? close(ReplyText.TOO_MANY_ERRORS)
                : continueWith(replies.reply(replyText));
    }

    private Response close(ReplyText replyText) {
        return new Response(verb, replies.reply(replyText), NextAction.CLOSE, 0);
    }

    private Response continueWith(Reply reply) {
        return new Response(verb, reply, NextAction.CONTINUE, 0);
    }
}
