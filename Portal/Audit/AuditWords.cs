using System.Text.Json;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace Portal.Audit;

/// <summary>What was done, in words.</summary>
internal static class AuditWords
{
    // after "Asha Rao …"; in the order of the list that people choose from
    private static readonly (string Action, string Words)[] Known =
    [
        ("identity.signed_in", "signed in"),
        ("identity.sign_in_failed", "tried to sign in and failed"),
        ("identity.signed_out", "signed out"),
        ("identity.session_revoked", "signed another browser out"),
        ("identity.signed_up", "created a sign-in"),
        ("identity.sign_up_asked", "asked for an account"),
        ("identity.password_asked", "asked for a new password"),
        ("identity.password_changed", "changed the password"),
        ("identity.profile_changed", "changed personal details"),
        ("identity.grant_given", "let a program in"),
        ("identity.grant_revoked", "took back what a program was let in for"),
        ("identity.access_token_revoked", "gave an access token back"),
        ("identity.application_registered", "registered an application"),
        ("identity.application_revoked", "revoked an application"),
        ("identity.secret_rotated", "made a new secret of an application"),
        ("identity.secret_revoked", "revoked a secret of an application"),
        ("identity.api_token_made", "made an API token"),
        ("identity.api_token_revoked", "revoked an API token"),
        ("identity.session.end", "was signed out"),
        ("identity.staff_role", "got another staff role"),
        ("identity.companies.save", "changed the company sign-in"),
        ("identity.companies.domain_ask", "asked to prove a domain"),
        ("identity.companies.domain_prove", "proved a domain"),
        ("identity.companies.domain_remove", "removed a domain"),
        ("identity.companies.open", "let passwords in again"),
        ("identity.companies.join", "joined through the company's sign-in"),
        ("identity.companies.role", "got another role from the company"),
        ("accounts.opened", "opened the account"),
        ("accounts.switched", "went to this account"),
        ("accounts.billing_changed", "changed the billing details"),
        ("accounts.edit_person", "changed their postal address"),
        ("team.invite", "invited somebody"),
        ("team.invite_again", "sent an invitation again"),
        ("team.withdraw_invitation", "withdrew an invitation"),
        ("team.accept", "accepted an invitation"),
        ("team.give", "gave access"),
        ("team.take", "took access"),
        ("team.hand_over", "handed the account over"),
        ("team.remove", "removed somebody from the account"),
        ("team.leave", "left the account"),
        ("team.view_as", "looked at the account as somebody else"),
        ("team.view_as_ended", "stopped looking as somebody else"),
        ("team.ask", "asked for access"),
        ("team.open_team", "made a team"),
        ("team.rename_team", "renamed a team"),
        ("team.close_team", "closed a team"),
        ("team.add_to_team", "put somebody into a team"),
        ("team.take_from_team", "took somebody out of a team"),
        ("team.save_role", "saved a role"),
        ("team.retire_role", "ended a role"),
        ("approvals.ask", "asked for something to be approved"),
        ("approvals.approve", "approved what somebody asked for"),
        ("approvals.decline", "declined what somebody asked for"),
        ("approvals.withdraw", "took back what they had asked for"),
        ("servers.place", "changed a server's team and tags"),
        ("orders.placed", "placed an order"),
        ("orders.paid", "had an order paid"),
        ("orders.cancelled", "cancelled an order"),
        ("orders.expired", "let an order expire"),
        ("orders.undeliverable", "could not deliver an order"),
        ("payments.started", "started a payment"),
        ("payments.settled", "settled a payment"),
        ("payments.refund_wanted", "began a refund"),
        ("payments.refund_processed", "completed a refund"),
        ("payments.refund_failed", "could not complete a refund"),
        ("invoices.issued", "issued a document"),
        ("subscriptions.ended", "ended a subscription"),
        ("subscriptions.resumed", "resumed a subscription"),
        ("server.create.done", "created a server"),
        ("server.create.failed", "could not create a server"),
        ("server.power", "asked to switch a server's power"),
        ("server.power.done", "switched a server's power"),
        ("server.power.failed", "could not switch a server's power"),
        ("server.rename", "asked to rename a server"),
        ("server.rename.done", "renamed a server"),
        ("server.delete", "asked to delete a server"),
        ("server.delete.done", "deleted a server"),
        ("server.undelete", "asked to bring a server back"),
        ("server.undelete.done", "brought a server back"),
        ("server.purge.done", "removed a server for good"),
        ("backup.take", "asked for a backup"),
        ("backup.take.done", "took a backup"),
        ("backup.take.failed", "could not take a backup"),
        ("backup.snapshot.done", "took a snapshot"),
        ("backup.restore_in_place", "asked to restore a backup in place"),
        ("backup.restore_in_place.done", "restored a backup in place"),
        ("backup.restore_in_place.failed", "could not restore a backup in place"),
        ("backup.restore_new.done", "created a server from a backup"),
        ("backup.restore_new.failed", "could not create a server from a backup"),
        ("backups.expired", "removed a backup that had expired"),
        ("staff.access_started", "began to look into the account"),
        ("staff.access_ended", "stopped looking into the account"),
        ("staff.access_widened", "began to make changes in the account"),
        ("staff.revealed", "looked at a masked detail"),
        ("staff.role_changed", "changed somebody's staff role"),
        ("approvals.requested", "asked for approval"),
        ("approvals.approved", "approved a request"),
        ("approvals.declined", "declined a request"),
        ("approvals.withdrawn", "withdrew a request"),
        ("approvals.expired", "let a request expire"),
        ("approvals.executed", "did what was approved"),
        ("approvals.failed", "could not do what was approved"),
        ("audit.exported", "exported the audit events"),
    ];

    private static readonly Dictionary<string, string> ByAction = Known.ToDictionary(one => one.Action, one => one.Words, StringComparer.Ordinal);

    public static IEnumerable<SelectListItem> Choices { get; } =
        [.. Known.Select(one => new SelectListItem(char.ToUpperInvariant(one.Words[0]) + one.Words[1..], one.Action))];

    /// <summary><c>Asha Rao placed an order</c>; an action without words of its own is shown as it is called.</summary>
    public static string Sentence(ListedEvent one) =>
        ByAction.TryGetValue(one.Action, out var words) ? $"{one.Who} {words}" : $"{one.Who}: {one.Action.Replace('.', ' ').Replace('_', ' ')}";

    /// <summary>Where the resource has a page, its address.</summary>
    public static string? PageOf(string? resource) => resource?.Split('_')[0] switch
    {
        "srv" => $"/servers/{resource}",
        "inv" => $"/invoices/{resource}",
        _ => null,
    };

    /// <summary>What changed, field by field.</summary>
    public static IReadOnlyList<(string Field, string? Before, string? After)> Changes(JsonElement? before, JsonElement? after)
    {
        var (old, now) = (Flat(before), Flat(after));
        return [.. old.Keys.Union(now.Keys, StringComparer.Ordinal).Select(field => (Words(field), old.GetValueOrDefault(field), now.GetValueOrDefault(field)))];
    }

    private static Dictionary<string, string?> Flat(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => [],
        { ValueKind: JsonValueKind.Object } held => held.EnumerateObject().ToDictionary(one => one.Name, one => Text(one.Value), StringComparer.Ordinal),
        { } held => new(StringComparer.Ordinal) { ["value"] = Text(held) },
    };

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Text)),
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        _ => value.GetRawText(),
    };

    // legalName → Legal name
    private static string Words(string field)
    {
        var words = string.Concat(field.Select((letter, at) => at > 0 && char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : $"{letter}"));
        return words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];
    }
}
