package org.decoymx.admin.login;

import io.quarkus.qute.Template;
import io.quarkus.security.UnauthorizedException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.decoymx.admin.page.Negotiation;
import org.decoymx.support.Role;

/** Shows the audit log to users, and to the token of the administrator, but not to those of the feeds. */
@Path("/audit")
public final class AuditResource {
    private final AuditLog log;
    private final PageAccess access;
    private final Template audit;

    AuditResource(AuditLog log, PageAccess access, Template audit) {
        this.log = log;
        this.access = access;
        this.audit = audit;
    }

    @GET
    @RolesAllowed({Role.ADMIN, Role.READER})
    @Produces({MediaType.APPLICATION_JSON, MediaType.TEXT_HTML + ";charset=utf-8"})
    public Response get(@Context HttpHeaders headers) {
        if (!access.isPerson()) {
            throw new UnauthorizedException();
        }
        return Negotiation.answer(
                headers,
                () -> audit.data("entries", log.latest())
                        .data("user", access.reader().user())
                        .data("problem", log.problem().orElse("")),
                log::latest);
    }
}
