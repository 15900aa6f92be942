using System.Net;
using Portal.Access;
using Portal.Accounts;
using Portal.Identity;
using Portal.Tests.Api;
using Portal.Tests.Servers;
using Xunit;

namespace Portal.Tests.Access;

public sealed class PermissionInvitationTests
{
    private static async Task<Page> InviteAsync(Browser owner, string email, string role = "technical", string scope = "account", string lastDay = "") =>
        await owner.Submit(
            await owner.Get("/team/invitations"), "/team/invitations",
            ("Email", email), ("Input.Role", role), ("Input.Scope", scope), ("Input.LastDay", lastDay));

    [Fact]
    public async Task Somebody_new_is_invited_by_mail_and_comes_in_with_what_was_offered()
    {
        await using var portal = await PortalUnderTest.Start();
        var (account, _, asha) = await portal.OpenAccount("Asha");
        var sent = await InviteAsync(asha, "ravi@new.example", "viewer", lastDay: "2099-12-31");
        Assert.Contains("on its way to ravi@new.example", sent.Words, StringComparison.Ordinal);
        using var ravi = portal.NewBrowser();
        var link = await portal.LinkTo("ravi@new.example");
        var page = await ravi.Get(link);
        Assert.Equal("You are invited to Asha's company", page.Title);
        Assert.Contains("1 Jan 2100, 00:00 IST", page.Words, StringComparison.Ordinal);

        var weak = await ravi.Submit(page, ("FullName", "Ravi"), ("Password", "password"), ("IsAdult", "true"));
        Assert.NotNull(weak.ErrorAt("Password"));
        var accepted = await ravi.Submit(weak, ("FullName", "Ravi"), ("Password", PortalUnderTest.Password), ("IsAdult", "true"));
        await ravi.Submit(accepted, ("Email", "ravi@new.example"), ("Password", PortalUnderTest.Password));
        Assert.Equal(HttpStatusCode.OK, (await ravi.Get("/servers")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await ravi.Get("/servers/order")).Status);
        Assert.Contains("This link is not good any more", (await portal.NewBrowser().Get(link)).Title, StringComparison.Ordinal);
        Assert.Contains("Viewer on the whole account", (await asha.Get("/team")).Words, StringComparison.Ordinal);
        Assert.Equal(2, (await Member.Of(portal.Db, account)).Count);
    }

    [Fact]
    public async Task Somebody_known_signs_in_and_accepts_and_nobody_else_can()
    {
        await using var portal = await PortalUnderTest.Start();
        var (_, _, asha) = await portal.OpenAccount("Asha");
        var (_, _, ravi) = await portal.OpenAccount("Ravi");
        var (_, _, mallory) = await portal.OpenAccount("Mallory");
        await InviteAsync(asha, PortalUnderTest.EmailOf("Ravi"));
        var link = await portal.LinkTo(PortalUnderTest.EmailOf("Ravi"));
        var wrong = await mallory.Get(link);
        Assert.Contains("signed in as somebody else", wrong.Words, StringComparison.Ordinal);
        Assert.Contains("Sign in to accept", (await portal.NewBrowser().Get(link)).Words, StringComparison.Ordinal);
        var done = await ravi.Submit(await ravi.Get(link), "/team/accept");
        Assert.Equal("/accounts", done.Address.AbsolutePath);
        Assert.Contains("Go to Ravi's company", done.Words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await ravi.Get("/servers/order")).Status);
    }

    [Fact]
    public async Task A_withdrawn_or_renewed_link_is_worth_nothing_and_so_is_the_word_of_somebody_who_may_not_invite_any_more()
    {
        await using var portal = await PortalUnderTest.Start();
        var (account, _, asha) = await portal.OpenAccount("Asha");
        var (admin, meera) = await portal.Join(account, "Meera", null);
        var grant = await portal.Give(account, admin, "admin");
        await InviteAsync(asha, "one@new.example");
        var first = await portal.LinkTo("one@new.example");
        await asha.Submit(await asha.Get("/team/invitations"), "/team/invitations?handler=again");
        var second = await portal.LinkTo("one@new.example");
        Assert.NotEqual(first, second);
        Assert.StartsWith("This link is not good", (await portal.NewBrowser().Get(first)).Title, StringComparison.Ordinal);
        await asha.Submit(await asha.Get("/team/invitations"), "/team/invitations?handler=withdraw");
        Assert.StartsWith("This link is not good", (await portal.NewBrowser().Get(second)).Title, StringComparison.Ordinal);

        await InviteAsync(meera, "two@new.example", "viewer");
        var third = await portal.LinkTo("two@new.example");
        await portal.Take(account, grant);
        using var guest = portal.NewBrowser();
        var late = await guest.Submit(await guest.Get(third), ("FullName", "Two"), ("Password", PortalUnderTest.Password), ("IsAdult", "true"));
        Assert.StartsWith("This link is not good", late.Title, StringComparison.Ordinal);
        Assert.Null(await Person.ByEmail(portal.Db, "two@new.example"));
    }

    [Fact]
    public async Task A_contractors_access_ends_by_itself()
    {
        var clock = new MovableClock();
        await using var portal = await PortalUnderTest.Start(clock);
        var (account, _, asha) = await portal.OpenAccount("Asha");
        var (person, kiran) = await portal.Join(account, "Kiran", null);
        await portal.Give(account, person, "technical", expiresAt: DateTimeOffset.UtcNow.AddMinutes(10));
        Assert.Equal(HttpStatusCode.OK, (await kiran.Get("/servers")).Status);
        clock.Pass(TimeSpan.FromMinutes(11));
        Assert.Equal(HttpStatusCode.Forbidden, (await kiran.Get("/servers")).Status);
        Assert.Contains("Access ended", (await asha.Get("/team")).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_beyond_the_monthly_limit_is_refused_and_a_cancelled_one_gives_its_share_back()
    {
        await using var portal = await ServerCustomers.StartSelling();
        var (account, _, asha) = await portal.OpenAccount("Asha");
        await PortalUnderTest.EnterBillingAsync(asha, "Asha");
        var (person, kiran) = await portal.Join(account, "Kiran", null);
        var order = await asha.Order();
        var total = await portal.Db.One<long>(Sql.Total, new { Id = order });
        await portal.Db.Write(tx => GiveAccess.Run(
            tx, account, new NewGrant(person.Value, "technical", AccessScope.Whole) { SpendLimitPaise = (total * 2) + 1 }, null, null, DateTimeOffset.UtcNow));

        // three at once, and room for two: the count is guarded where it is written
        using var program = Customer.With(portal, await PortalUnderTest.AccessTokenAsync(kiran));
        var answers = await Task.WhenAll(Enumerable.Range(1, 3).Select(number => program.Post("/orders", ApiOrders.Good(with: [("hostname", $"web-{number}")]))));
        Assert.Equal(2, answers.Count(answer => answer.Status == HttpStatusCode.Created));
        answers.Single(answer => answer.Status != HttpStatusCode.Created).Refuses(HttpStatusCode.Forbidden, "portal.access.spend_limit_reached");

        var review = await kiran.Review(("Input.Hostname", "web-9"));
        var refused = await Page.Read(review.Address, await kiran.Place(review));
        Assert.Contains("You may spend", refused.Words, StringComparison.Ordinal);
        await portal.Db.Write(tx => tx.Execute(Sql.Cancel, new { Person = person }));
        (await program.Post("/orders", ApiOrders.Good(with: [("hostname", "web-10")]))).Is(HttpStatusCode.Created);
    }

    internal static class Sql
    {
        public const string Total = "-- all accounts: a test\nselect TotalPaise from SalesOrder where Id = @Id";

        public const string Cancel = """
            -- all accounts: a test
            update SalesOrder
            set State = 'cancelled'
            where Id = (select min(OrderId) from SpentOrder where PersonId = @Person)
            """;
    }
}
