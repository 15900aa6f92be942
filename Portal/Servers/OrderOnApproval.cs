using System.Text.Json;
using Billing.Prices;
using Database;
using Portal.Access;
using Portal.Approvals;
using Portal.Identity;

namespace Portal.Servers;

/// <summary>An order for a server that somebody else has to approve.</summary>
internal sealed class OrderOnApproval(PlaceOrder placeOrder) : IAskable
{
    public string Action => "server.order";

    /// <param name="token">Tells one form from another: the same with the same answers is asked once.</param>
    /// <param name="team">The team that the server is for, where only a team's may be asked for.</param>
    public static NewApproval Ask(ServerWish wish, CheckedWish read, Money total, string token, TeamId? team, string? reason) => new(
        "server.order",
        Permissions.ServersOrder,
        PlaceOrder.KeyOf(token, wish),
        $"Order the server {read.Hostname}: {read.Offer.Plan.Name} in {read.Region.Name}{(read.Backups ? ", with daily backups" : "")}, for a month",
        total)
    {
        Wish = JsonSerializer.Serialize(new Asked(wish, team?.Value)),
        Reason = reason,
    };

    public async Task<Func<Tx, Task<AskedOutcome>>> Prepare(Approval approval, DateTimeOffset now)
    {
        var asked = JsonSerializer.Deserialize<Asked>(approval.Wish!)!;
        // it is the order of who asked; what it counts against is the approver's limit
        var maker = new SignedIn(approval.PersonId, approval.AccountId, "member", "", approval.FullName, null) { Email = approval.Email };
        var rights = new OrderRights(null, asked.Team is { } team ? new TeamId(team) : null) { IsCounted = false };
        var place = await placeOrder.Prepare(maker, asked.Wish, approval.Total, approval.Id.Value, rights);
        return async tx => await place(tx) switch
        {
            PlaceOrderOutcome.Placed placed => new AskedOutcome.Done(placed.OrderId.Value, placed.OrderId.Value),
            PlaceOrderOutcome.AlreadyPlaced earlier => new AskedOutcome.Done(earlier.OrderId.Value, earlier.OrderId.Value),
            PlaceOrderOutcome.PriceChanged changed =>
                new AskedOutcome.NotNow($"It costs {changed.NewTotal.Show()} now, no longer {approval.Total.Show()}. Decline it and let them ask again."),
            PlaceOrderOutcome.Refused refused => new AskedOutcome.NotNow(string.Join(" ", refused.Refusals.Select(refusal => refusal.Message))),
            PlaceOrderOutcome.BillingDetailsMissing missing => new AskedOutcome.NotNow(missing.Message),
            var outcome => throw new InvalidOperationException($"An approved order ended as {outcome}, which nobody answers."),
        };
    }

    private sealed record Asked(ServerWish Wish, string? Team);
}
