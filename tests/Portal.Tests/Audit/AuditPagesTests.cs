using System.Net;
using System.Text.Json;
using Database.Audit;
using Xunit;

namespace Portal.Tests.Audit;

/// <summary>A customer reads, searches and takes away what was done in their account, and nobody else's.</summary>
public sealed class AuditPagesTests
{
    [Fact]
    public async Task A_customer_reads_searches_and_exports_what_was_done()
    {
        await using var portal = await PortalUnderTest.Start();
        using var asha = await portal.SignUpWithBillingAsync("Asha Rao");
        using var bharat = await portal.SignUpWithBillingAsync("Bharat Foods");
        var page = await asha.Get("/audit");
        Assert.Contains("Asha Rao changed the billing details", page.Words, StringComparison.Ordinal);
        Assert.Contains("Legal name Asha Rao", page.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("Bharat", page.Words, StringComparison.Ordinal);

        var found = await asha.Get("/audit?did=identity.signed_in");
        Assert.Contains("Asha Rao signed in", found.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("changed the billing details 2", found.Words, StringComparison.Ordinal);
        Assert.Equal(1, found.Html.QuerySelectorAll("tbody tr").Length);
        var today = Database.Ist.Date(DateTimeOffset.UtcNow).ToString("yyyy-MM-dd", null);
        Assert.True((await asha.Get($"/audit?from={today}&to={today}")).Html.QuerySelectorAll("tbody tr").Length > 3);
        Assert.Contains("Nothing found", (await asha.Get("/audit?to=2020-01-01")).Words, StringComparison.Ordinal);

        var csv = (await asha.Get("/audit.csv")).Text;
        Assert.Contains("accounts.billing_changed", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("Bharat", csv, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await asha.Get("/audit.json?did=accounts.opened")).Text);
        Assert.Equal("Asha Rao", Assert.Single(json.RootElement.EnumerateArray()).GetProperty("after").GetProperty("name").GetString());
        Assert.Contains("exported the audit events", (await asha.Get("/audit")).Words, StringComparison.Ordinal);
        // what is somebody else's is not found by its id either
        var theirs = (await AuditEventsTests.Events(portal)).First(one => one.Action == "accounts.opened" && one.AccountId != null
            && portal.Get<AuditKeys>().Read(one)!.After!.Value.GetProperty("name").GetString() == "Bharat Foods");
        Assert.Contains("Nothing found", (await asha.Get($"/audit?resource={theirs.Resource}&account={theirs.AccountId}")).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_goes_on_page_by_page_without_a_gap()
    {
        await using var portal = await PortalUnderTest.Start();
        using var asha = await portal.SignUpAsync("Asha Rao");
        var account = (await AuditEventsTests.Events(portal)).First(one => one.AccountId is not null).AccountId;
        await portal.Db.Write(async tx =>
        {
            for (var i = 0; i < 120; i++) await tx.Record(new AuditEvent("things.done") { AccountId = account, Resource = $"thg_{i}" }, DateTimeOffset.UtcNow);
        });
        var seen = new List<string>();
        for (var page = await asha.Get("/audit?did=things.done"); ;)
        {
            seen.AddRange(page.Html.QuerySelectorAll("tbody code").Select(code => code.TextContent));
            if (page.Html.QuerySelector("a[rel=next]")?.GetAttribute("href") is not { } next) break;
            page = await asha.Get(next);
        }

        Assert.Equal(Enumerable.Range(0, 120).Reverse().Select(i => $"thg_{i}"), seen);

        var token = await PortalUnderTest.AccessTokenAsync(asha);
        using var first = await Api(asha, token, "/api/v1/audit-events?did=things.done&limit=100");
        Assert.Equal(100, first.RootElement.GetProperty("items").GetArrayLength());
        using var rest = await Api(asha, token, $"/api/v1/audit-events?did=things.done&limit=100&cursor={first.RootElement.GetProperty("next").GetString()}");
        Assert.Equal(20, rest.RootElement.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_million_events_page_as_fast_as_a_few()
    {
        await using var portal = await PortalUnderTest.Start();
        using var asha = await portal.SignUpAsync("Asha Rao");
        var events = await AuditEventsTests.Events(portal);
        var account = events.First(one => one.AccountId is not null).AccountId;
        await portal.Db.Write(tx => tx.Execute(Sql.Double, new { AccountId = account, Now = DateTimeOffset.UtcNow, Rows = 1_000_000 }));
        foreach (var path in (string[])["/audit", "/audit?did=identity.signed_up", "/audit?resource=thg_999999", "/audit?before=aud_1"])
        {
            var before = TimeProvider.System.GetTimestamp();
            Assert.Equal(HttpStatusCode.OK, (await asha.Get(path)).Status);
            var took = TimeProvider.System.GetElapsedTime(before);
            Assert.True(took < TimeSpan.FromSeconds(2), $"{path} took {took}");
        }
    }

    private static async Task<JsonDocument> Api(Browser browser, string token, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        using var response = await browser.Send(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync());
    }

    private static class Sql
    {
        public const string Double = """
            with n (I) as (
                select 0
                union all
                select I + 1 from n where I + 1 < @Rows
            )
            insert into AuditEvent (Id, AccountId, Action, Resource, KeySubject, PayloadHash, HappenedAt)
            select concat('aud_0', 10000000 + I), @AccountId, 'things.done', concat('thg_', I), @AccountId, '', @Now
            from n
            """;
    }
}
