package org.decoymx.admin.page;

import java.time.Instant;
import java.util.List;
import org.decoymx.admin.SenderHighlights.DoubtfulSender;
import org.decoymx.admin.check.Finding;
import org.decoymx.feed.FeedReaders.Reader;
import org.jspecify.annotations.Nullable;

/**
 * What the overview shows. All texts are escaped.
 *
 * @param user who is logged in; empty if nobody is
 * @param mayChange whether forms are shown
 * @param now from which the ages are reckoned
 * @param state what needs attention, the worst first
 * @param well how many findings of the check are good
 * @param findings all findings, the worst first
 * @param listed the word for what is done with who is caught: listed, or would be listed in observe mode
 * @param numbers how many are listed, and what else was counted
 * @param countedAt when the senders were counted; null while they are counted for the first time
 * @param isNew whether nobody was caught yet, so that the next steps are shown
 * @param doubtful who may be good
 * @param tables what did not count and why, networks, HELO names, traits
 * @param readers who fetched feeds, the latest first
 * @param lookups how often others asked, in a sentence
 */
public record Overview(
        String user,
        boolean mayChange,
        Instant now,
        List<Finding> state,
        long well,
        List<Finding> findings,
        String listed,
        Numbers numbers,
        @Nullable Instant countedAt,
        boolean isNew,
        Newcomer newcomer,
        List<DoubtfulSender> doubtful,
        List<CountTable> tables,
        List<Reader> readers,
        String lookups) {

    /**
     * The numbers at the top. Those of new and of cleared senders are zero while senders are counted for the first
     * time.
     *
     * @param suspects entries of the list; a listed network is one
     * @param confirmed entries of the list
     * @param newlyListed in 24 hours
     * @param refused recipients of listed senders that a real MX refused in 24 hours, as far as it asked or reported
     * @param deferred the same for those that it deferred
     * @param cleared senders that are cleared now
     */
    public record Numbers(long suspects, long confirmed, long newlyListed, long refused, long deferred, long cleared) {
        /** All entries of the list. */
        public long listed() {
            return suspects + confirmed;
        }
    }

    /**
     * How a first message gets to the decoy.
     *
     * @param trial whether a message from this machine counts
     * @param smtp host and port
     * @param http the start of the URLs of this page
     * @param recipient that counts
     */
    public record Newcomer(boolean trial, String smtp, String http, String recipient) {}

    /**
     * A table of numbers.
     *
     * @param id of its element
     * @param what is counted
     * @param unit of the numbers
     * @param none what is said if there are no rows
     */
    public record CountTable(String id, String title, String what, String unit, String none, List<CountRow> rows) {}

    /** A number with its name. */
    public record CountRow(String name, long count) {}
}
