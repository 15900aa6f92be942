using Database;
using Portal.Identity;
using Portal.Identity.Companies;

namespace Portal.Access;

/// <summary>Asks again in the middle of a long answer: a stream of events outlives what was true when it began.</summary>
internal static class StillMay
{
    public static async Task<bool> StillCan(this HttpContext context, string permission, string resource)
    {
        var who = context.SignedIn();
        var services = context.RequestServices;
        var version = await services.GetRequiredService<Db>().One<long?>(
            Sql.Version, new { who.AccountId, who.PersonId, who.SessionId });
        if (version is not { } now) return false;
        context.Features.Set(who with { AccessVersion = now });
        await context.ReadAccess(services.GetRequiredService<TimeProvider>().GetUtcNow());
        return context.Access().Can(permission, resource);
    }

    internal static class Sql
    {
        public const string Version = $"""
            select v.Version
            from AccountMember m
                join AccountAccess v on v.AccountId = m.AccountId
                join PortalSession s on s.Id = @SessionId
                left join SessionOrigin o on o.SessionId = s.Id
            where m.AccountId = @AccountId
                and m.PersonId = @PersonId
                and s.RevokedAt is null
                and {CompanyRule.OfSession}
            """;
    }
}
