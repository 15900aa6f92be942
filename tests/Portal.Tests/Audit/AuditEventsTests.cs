using Database.Audit;
using Xunit;

namespace Portal.Tests.Audit;

/// <summary>What customers do leaves events that say who, from where, and how it was before.</summary>
public sealed class AuditEventsTests
{
    [Fact]
    public async Task Signing_up_signing_in_and_changing_particulars_leave_events()
    {
        await using var portal = await PortalUnderTest.Start();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");
        await browser.Submit(await browser.Get("/accounts"), "/accounts", ("FullName", "Asha Rao-Iyer"), ("JobTitle", "Owner"), ("Mobile", ""));
        using var stranger = portal.NewBrowser();
        await PortalUnderTest.SignInAsync(stranger, PortalUnderTest.EmailOf("Asha Rao"), "not-her-password");
        var events = await Events(portal);
        Assert.Equal(
            ["identity.sign_up_asked", "accounts.opened", "identity.signed_up", "identity.signed_in", "accounts.billing_changed", "identity.profile_changed", "identity.sign_in_failed"],
            events.Select(one => one.Action));
        var changed = events.Single(one => one.Action == "identity.profile_changed");
        var told = portal.Get<AuditKeys>().Read(changed)!;
        Assert.Equal(("127.0.0.1", browser.UserAgent), (told.Ip, told.UserAgent));
        Assert.Equal("Asha Rao", told.Before!.Value.GetProperty("fullName").GetString());
        Assert.Equal("Asha Rao-Iyer", told.After!.Value.GetProperty("fullName").GetString());
        var failed = events.Single(one => one.Action == "identity.sign_in_failed");
        Assert.Equal((changed.AccountId, null, changed.PersonId), (failed.AccountId, failed.PersonId, failed.Resource));
        Assert.DoesNotContain("password", events.Select(one => portal.Get<AuditKeys>().Read(one)?.After?.ToString() ?? ""), StringComparer.Ordinal);
    }

    internal static Task<IReadOnlyList<StoredAuditEvent>> Events(PortalUnderTest portal) => portal.Db.Query<StoredAuditEvent>(Sql.All);

    private static class Sql
    {
        public const string All = $"""
            select {StoredAuditEvent.Columns}
            from AuditEvent e
            left join AuditKey k on k.Subject = e.KeySubject
            order by e.Id
            """;
    }
}
