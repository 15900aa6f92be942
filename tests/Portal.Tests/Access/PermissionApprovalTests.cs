using System.Net;
using Billing.Ledger;
using Billing.Prices;
using Portal.Access;
using Portal.Accounts;
using Portal.Identity;
using Portal.Tests.Api;
using Portal.Tests.Servers;
using Xunit;

namespace Portal.Tests.Access;

/// <summary>Maker and checker: what somebody may only ask for is done once, when somebody who could do it says yes.</summary>
public sealed class PermissionApprovalTests
{
    [Fact]
    public async Task A_server_is_asked_for_approved_by_the_mailed_link_and_ordered_once_in_the_name_of_who_asked()
    {
        await using var portal = await ServerCustomers.StartSelling();
        var (account, asha, maker, ravi) = await People(portal);
        Assert.Equal(HttpStatusCode.OK, (await ravi.Get("/servers")).Status);
        var asked = await AskForServer(ravi);
        Assert.Contains("Waiting", asked.Words, StringComparison.Ordinal);
        Assert.Contains("Asha got a mail", asked.Words, StringComparison.Ordinal);
        Assert.Equal(0, await portal.Db.One<int>(Sql.Orders, new { AccountId = account }));

        var page = await asha.Get(await portal.LinkTo(PortalUnderTest.EmailOf("Asha")));
        Assert.Contains("For the new shop", page.Words, StringComparison.Ordinal);
        var here = page.Address.AbsolutePath;
        // two who press at once: one order
        var both = await Task.WhenAll(asha.Submit(page, $"{here}?handler=approve"), asha.Submit(page, $"{here}?handler=approve"));
        Assert.All(both, answer => Assert.Contains("Approved", answer.Words, StringComparison.Ordinal));
        Assert.Equal(1, await portal.Db.One<int>(Sql.Orders, new { AccountId = account }));
        Assert.Equal(maker.Value, await portal.Db.One<string>(Sql.OrderedBy, new { AccountId = account }));
        Assert.Contains("approved this", await portal.MailTo(PortalUnderTest.EmailOf("Ravi")), StringComparison.Ordinal);
        Assert.Contains("decided, taken back or ran out", (await asha.Submit(page, $"{here}?handler=approve")).Words, StringComparison.Ordinal);
        Assert.Equal(2, await portal.Db.One<int>(Sql.Events, new { AccountId = account }));
        Assert.Contains("Pay the order", (await ravi.Get(here)).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_is_declined_with_a_word_taken_back_or_runs_out_and_nothing_is_ordered()
    {
        await using var portal = await ServerCustomers.StartSelling();
        var (account, asha, _, ravi) = await People(portal);
        var first = (await AskForServer(ravi)).Address.AbsolutePath;
        var page = await asha.Get(first);
        var no = Browser.Fill(page, $"{first}?handler=approve", ("Answer", "Use the old one"));
        no.RequestUri = new Uri(asha.Start, $"{first}?handler=decline");
        await asha.Send(no);
        var declined = await ravi.Get(first);
        Assert.Contains("Declined", declined.Words, StringComparison.Ordinal);
        Assert.Contains("Use the old one", declined.Words, StringComparison.Ordinal);

        var second = await AskForServer(ravi);
        var back = await ravi.Submit(second, $"{second.Address.AbsolutePath}?handler=withdraw");
        Assert.Contains("Withdrawn", back.Words, StringComparison.Ordinal);

        var third = (await AskForServer(ravi)).Address.AbsolutePath;
        var open = await asha.Get(third);
        await portal.Db.Write(tx => tx.Execute(Sql.RunOut, new { AccountId = account, Now = DateTimeOffset.UtcNow.AddMinutes(-1) }));
        Assert.Contains("decided, taken back or ran out", (await asha.Submit(open, $"{third}?handler=approve")).Words, StringComparison.Ordinal);
        Assert.Contains("Expired", (await ravi.Get("/approvals")).Words, StringComparison.Ordinal);
        Assert.Equal(0, await portal.Db.One<int>(Sql.Orders, new { AccountId = account }));
    }

    [Fact]
    public async Task A_payment_from_the_credit_is_asked_for_waits_while_the_credit_is_too_low_and_is_made_once()
    {
        await using var portal = await ServerCustomers.StartSelling();
        var (account, asha, _, ravi) = await People(portal);
        var order = await asha.Order();
        var pay = await ravi.Get($"/pay/{order}");
        Assert.Contains("You may only ask for this payment", pay.Words, StringComparison.Ordinal);
        Assert.Null(pay.Html.QuerySelector("input[name='key_id']"));
        Assert.Equal(HttpStatusCode.Forbidden, (await Post(ravi, $"/pay/{order}?handler=credit")).StatusCode);
        var here = (await ravi.Submit(pay, $"/pay/{order}?handler=ask")).Address.AbsolutePath;
        Assert.Contains("does not cover", (await asha.Submit(await asha.Get(here), $"{here}?handler=approve")).Words, StringComparison.Ordinal);

        var total = await portal.Db.One<long>(Sql.Total, new { AccountId = account });
        await portal.Db.Write(tx => Journal.Post(
            tx, "test:credit", "Credit",
            [new(LedgerAccount.GatewayReceivable, null, new Money(total)), new(LedgerAccount.CustomerWallet, account.Value, new Money(-total))], DateTimeOffset.UtcNow));
        var page = await asha.Get(here);
        Assert.Contains("Approved", (await asha.Submit(page, $"{here}?handler=approve")).Words, StringComparison.Ordinal);
        Assert.Equal(0, (await Wallet.Balance(portal.Db, account.Value)).Paise);
        Assert.Contains("decided, taken back or ran out", (await asha.Submit(page, $"{here}?handler=approve")).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_approves_their_own_request_what_they_could_not_do_or_beyond_their_limit()
    {
        await using var portal = await ServerCustomers.StartSelling();
        var (account, asha, maker, ravi) = await People(portal);
        var here = (await AskForServer(ravi)).Address.AbsolutePath;
        Assert.Equal(HttpStatusCode.Forbidden, (await Post(ravi, "/servers/order?handler=place")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Post(ravi, $"{here}?handler=approve")).StatusCode);

        // who decides, yet may not order
        var role = await portal.Db.Write(tx => ChangeRoles.Save(
            tx, account, null, "Decides", [Permissions.ApprovalsDecide], maker,
            new RequestAccess(new AccessMap([new CompiledGrant(ulong.MaxValue, null, null, false, null)]), null, DateTimeOffset.UtcNow), DateTimeOffset.UtcNow));
        var (_, decider) = await portal.Join(account, "Decider", ((RoleOutcome.Saved)role).Id.Value);
        var beyond = await decider.Submit(await decider.Get(here), $"{here}?handler=approve");
        Assert.Equal(HttpStatusCode.Forbidden, beyond.Status);
        Assert.Contains(Permissions.ServersOrder, beyond.Words, StringComparison.Ordinal);

        // who may order, yet not for so much
        var (little, small) = await portal.Join(account, "Little", ((RoleOutcome.Saved)role).Id.Value);
        await portal.Db.Write(tx => GiveAccess.Run(
            tx, account, new NewGrant(little.Value, "technical", AccessScope.Whole) { SpendLimitPaise = 100_00 }, null, null, DateTimeOffset.UtcNow));
        var much = await small.Submit(await small.Get(here), $"{here}?handler=approve");
        Assert.Contains("You may spend ₹100.00 a month", much.Words, StringComparison.Ordinal);

        // the maker is made somebody who could do it: their own request stays another's to decide
        await portal.Give(account, maker, "admin");
        Assert.Contains("Nobody decides what they asked for", (await Page.Read(new Uri(ravi.Start, here), await Post(ravi, $"{here}?handler=approve"))).Words, StringComparison.Ordinal);
        Assert.Equal(0, await portal.Db.One<int>(Sql.Orders, new { AccountId = account }));
        Assert.Contains("Waiting", (await asha.Get(here)).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_asks_and_another_decides_and_who_lost_the_right_to_ask_gets_nothing()
    {
        await using var portal = await ServerCustomers.StartSelling();
        var (account, asha, maker, ravi) = await People(portal);
        using var asks = Customer.With(portal, await PortalUnderTest.AccessTokenAsync(ravi));
        using var decides = Customer.With(portal, await PortalUnderTest.AccessTokenAsync(asha));
        (await asks.Post("/orders", ApiOrders.Good())).Refuses(HttpStatusCode.Forbidden, "portal.access.missing_permission");
        var one = (await asks.Post("/order-requests", new { order = ApiOrders.Good(), reason = "For the new shop" })).Is(HttpStatusCode.Created);
        Assert.Equal("waiting", one["state"]);
        (await asks.Post($"/approvals/{one["id"]}/decision", new { decision = "approve" })).Refuses(HttpStatusCode.Forbidden, "portal.access.missing_permission");
        var done = (await decides.Post($"/approvals/{one["id"]}/decision", new { decision = "approve" })).Is(HttpStatusCode.OK);
        Assert.Equal("approved", done["state"]);
        (await decides.Get($"/orders/{done["outcome"]}")).Is(HttpStatusCode.OK);
        (await decides.Post($"/approvals/{one["id"]}/decision", new { decision = "decline" })).Refuses(HttpStatusCode.Conflict, "portal.approvals.over");

        var two = (await asks.Post("/order-requests", new { order = ApiOrders.Good(with: [("hostname", "web-8")]) })).Is(HttpStatusCode.Created);
        foreach (var grant in await AccessGrant.OfHolderAndTeams(portal.Db, account, maker.Value)) await portal.Take(account, grant.Id);
        (await decides.Post($"/approvals/{two["id"]}/decision", new { decision = "approve" })).Refuses(HttpStatusCode.Conflict, "portal.approvals.not_now");
        Assert.Equal(1, await portal.Db.One<int>(Sql.Orders, new { AccountId = account }));
    }

    private static async Task<(AccountId Account, Browser Owner, PersonId Maker, Browser Browser)> People(PortalUnderTest portal)
    {
        var (account, _, asha) = await portal.OpenAccount("Asha");
        await PortalUnderTest.EnterBillingAsync(asha, "Asha");
        var (maker, ravi) = await portal.Join(account, "Ravi", null);
        await portal.Db.Write(tx => GiveAccess.Run(
            tx, account, new NewGrant(maker.Value, "technical", AccessScope.Whole) { Mode = AccessGrant.Request }, null, null, DateTimeOffset.UtcNow));
        return (account, asha, maker, ravi);
    }

    private static async Task<Page> AskForServer(Browser browser)
    {
        var review = await browser.Review();
        Assert.Contains("Ask for it", review.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("Order and pay", review.Words, StringComparison.Ordinal);
        return await browser.Submit(review, "/servers/order?handler=ask", ("Reason", "For the new shop"));
    }

    private static async Task<HttpResponseMessage> Post(Browser browser, string path)
    {
        var token = (await browser.Get("/accounts")).Html.QuerySelector("input[name='__RequestVerificationToken']")!.GetAttribute("value")!;
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("__RequestVerificationToken", token)]),
        };
        return await browser.Send(request);
    }

    internal static class Sql
    {
        public const string Orders = "select count(*) from ServerOrder where AccountId = @AccountId";

        public const string Total = "select TotalPaise from SalesOrder where AccountId = @AccountId";

        public const string OrderedBy = "select PersonId from ServerOrder where AccountId = @AccountId";

        public const string Events = "select count(*) from AuditEvent where AccountId = @AccountId and Action like 'approvals.%'";

        public const string RunOut = "update Approval set ExpiresAt = @Now where AccountId = @AccountId and State = 'waiting'";
    }
}
