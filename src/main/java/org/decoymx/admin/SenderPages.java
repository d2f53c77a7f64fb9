package org.decoymx.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quarkus.qute.Template;
import io.quarkus.qute.TemplateInstance;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.decoymx.admin.SenderList.SenderPage;
import org.decoymx.admin.login.PageAccess.PageReader;
import org.decoymx.admin.page.Negotiation;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PrimaryVisits;
import org.jspecify.annotations.Nullable;

/** The pages of the list of senders, and of a sender. */
@Singleton
final class SenderPages {
    private final Template senders;
    private final Template sender;
    private final SenderReports reports;
    private final PrimaryVisits visits;
    private final boolean trial;

    SenderPages(Template senders, Template sender, SenderReports reports, PrimaryVisits visits, Policy policy) {
        this.senders = senders;
        this.sender = sender;
        this.reports = reports;
        this.visits = visits;
        trial = policy.settings().isTrial();
    }

    /**
     * What the page of the list shows.
     *
     * @param text that was searched for; empty for all
     * @param tier {@code suspect}, {@code confirmed} or {@code all}
     * @param since a date; empty for no limit
     * @param filtered whether not all senders are asked for
     * @param found null if the query is not valid
     * @param error what is wrong with the query; empty if it is valid
     * @param previous reference to the previous page; empty if there is none
     * @param next reference to the next page; empty if there is none
     */
    public record SenderListView(
            String text,
            String tier,
            String since,
            boolean filtered,
            @Nullable SenderPage found,
            String error,
            String previous,
            String next) {
        private static final int DATE_LENGTH = 10;

        static SenderListView of(SenderQuery query, SenderPage found) {
            String tier = query.tier().text();
            boolean limited = query.since().isAfter(Instant.EPOCH);
            String reference = "?q=" + URLEncoder.encode(query.text(), UTF_8) + "&tier=" + tier
                    + (limited ? "&since=" + query.since() : "") + "&size=" + query.size() + "&page=";
            return new SenderListView(
                    query.text(),
                    tier,
                    limited ? query.since().toString().substring(0, DATE_LENGTH) : "",
                    limited || query.tier() != TierFilter.ALL || !query.text().isEmpty(),
                    found,
                    "",
                    found.page() == 1 ? "" : reference + Math.min(found.page() - 1, Math.max(1, found.pages())),
                    found.page() < found.pages() ? reference + (found.page() + 1) : "");
        }

        /** The page after a query that is not valid; null for a parameter that is not given. */
        static SenderListView failed(@Nullable String text, @Nullable String tier, String error) {
            return new SenderListView(
                    text == null ? "" : text, tier == null ? "all" : tier, "", true, null, error, "", "");
        }
    }

    /**
     * What a form sent, and what came of it.
     *
     * @param done the action that was carried out; empty if none was
     * @param error why it was not; empty if there is no error
     */
    public record SenderForm(
            String done, String error, String action, String tier, String duration, String scope, String reason) {
        private static final String EXEMPT_FOR = "30d";

        /** The empty forms, after an action or none. */
        static SenderForm done(@Nullable String action) {
            return new SenderForm(action == null ? "" : action, "", "", "", "", "", "");
        }

        /** The reason to show in the form of an action. */
        public String reasonOf(String formAction) {
            return action.equals(formAction) ? reason : "";
        }

        /** The duration to show in the form of an action: what was sent, or a proposal. */
        public String durationOf(String formAction) {
            return action.equals(formAction) ? duration : formAction.equals("exempt") ? EXEMPT_FOR : "";
        }
    }

    /** Something that happened to a sender, or will. */
    public record Moment(Instant at, String what) {}

    /** The page of the list: 400 if the query is not valid. */
    Response list(PageReader reader, SenderListView view) {
        Response.Status status = view.found() == null ? Response.Status.BAD_REQUEST : Response.Status.OK;
        return toResponse(status, reader, senders.data("view", view));
    }

    /** The page of a sender. */
    Response sender(Response.StatusType status, PageReader reader, IpPrefix origin, SenderForm form) {
        SenderReport report = reports.find(origin, reader.mayChange());
        return toResponse(
                status,
                reader,
                sender.data("report", report)
                        .data("address", origin.toString())
                        .data("network", origin.neighborhood().toString())
                        .data("moments", timeline(report, origin, reader.mayRead()))
                        .data("form", form)
                        .data("mayChange", reader.mayChange()));
    }

    private Response toResponse(Response.StatusType status, PageReader reader, TemplateInstance page) {
        return Response.status(status)
                .entity(page.data("user", reader.user()).data("trial", trial).render())
                .type(Negotiation.HTML)
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
                .build();
    }

    /**
     * @param visible whether visits at the real MX are shown: they tell who sends mail to it
     */
    private List<Moment> timeline(SenderReport report, IpPrefix origin, boolean visible) {
        List<Moment> moments = new ArrayList<>();
        boolean once = report.sessions() == 1;
        add(moments, report.firstSeen(), once ? "It came to the decoy." : "It came to the decoy for the first time.");
        add(moments, once ? null : report.lastSeen(), "It came to the decoy for the last time until now.");
        add(moments, report.since(), report.listed() ? "It was listed." : "It would have been listed.");
        add(moments, report.until(), "The listing ends, if it does not end before.");
        visits.find(origin).filter(period -> visible).ifPresent(period -> {
            add(moments, period.first(), "It came to our real mail server.");
            if (period.last().isAfter(period.first())) {
                add(moments, period.last(), "It came to our real mail server for the last time until now.");
            }
        });
        SenderReport.ManualView byHand = report.byHand();
        if (byHand != null) {
            add(moments, byHand.at(), describe(byHand));
            add(moments, byHand.until(), "What was decided by hand ends.");
        }
        moments.sort(Comparator.comparing(Moment::at));
        return moments;
    }

    private static void add(List<Moment> moments, @Nullable Instant at, String what) {
        if (at != null) {
            moments.add(new Moment(at, what));
        }
    }

    private static String describe(SenderReport.ManualView byHand) {
        return "By hand it was " + (byHand.until() == null ? "forgotten" : "put into the tier " + byHand.tier())
                + (byHand.reason().isEmpty() ? "." : ": " + byHand.reason());
    }
}
